"""What a run leaves behind: its folder, database, inputs and tables."""

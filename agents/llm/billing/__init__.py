"""What was counted, what it costs, and what may still be spent."""

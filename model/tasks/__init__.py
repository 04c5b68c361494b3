"""Tasks: what they are, where they come from, how a file of them is read."""

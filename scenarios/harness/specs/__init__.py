"""What a user types, as values."""

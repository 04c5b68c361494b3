"""What a user may set, as validated values."""

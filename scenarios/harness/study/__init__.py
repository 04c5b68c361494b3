"""A scenario script as a command."""

"""Interaction networks: by name, from a file, from a function; and the one a team sits on."""

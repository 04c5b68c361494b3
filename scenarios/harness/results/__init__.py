"""Flat rows from records."""

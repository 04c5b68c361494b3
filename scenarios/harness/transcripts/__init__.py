"""Ticks in words: as text, as Markdown, as lines of JSON, and as a picture of who saw whom."""

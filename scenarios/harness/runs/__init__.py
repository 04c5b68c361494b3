"""Plays runs, keeps them, and goes on where an earlier command stopped."""

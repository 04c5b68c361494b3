"""Summaries, contrasts, tests and conclusions; every number with its interval."""

"""Measures: pure functions of tick records, and one catalogue of all that is said about each."""

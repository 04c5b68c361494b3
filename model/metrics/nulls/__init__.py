"""Null models: what a run would have been by lot, or with minds that hear nobody."""

"""Fits the parameters of the synthetic minds to published figures."""

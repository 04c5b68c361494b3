"""Scripted minds to measure teams against: what perfect, silent, lying and idle members come to."""

"""Calls to models: one client, paced, retried, journaled, within a budget."""

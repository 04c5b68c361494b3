"""Synthetic minds: a bounded-rationality model of an LLM agent, without any network."""

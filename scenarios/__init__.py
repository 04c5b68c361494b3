"""Runnable experiments: each file is one question. The machinery they share is in `harness`."""

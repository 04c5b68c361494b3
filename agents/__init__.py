"""Minds and judges. Each turns what the kernel hands it into a decision or a verdict."""

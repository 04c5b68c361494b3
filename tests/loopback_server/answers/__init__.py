"""Answers that depend on what a prompt says, as those of a model would, and on nothing else."""

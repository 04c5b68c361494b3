"""Small language models on this machine: which there are, how they come here, and their engine."""

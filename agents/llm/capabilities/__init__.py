"""What a model takes, what refusals teach of it, and what is known of every model of a client."""

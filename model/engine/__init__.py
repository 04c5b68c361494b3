"""One tick: the protocol's rounds, the checks on what comes back, and the drivers that run them."""

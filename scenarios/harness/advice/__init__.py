"""Which arm to use: beliefs about arms from paired outcomes, a race between them, advice."""

"""Where independent runs are played: processes on this machine, or a Ray cluster."""

"""What members keep from earlier ticks: organizational memory, and skills that grow."""

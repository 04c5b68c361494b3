"""How many requests go at once, how fast, and how long is waited for a provider."""

"""Members on a network as a Mesa model: agents, their seats, and how the team changes."""

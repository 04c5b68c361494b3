"""What happened to an organization: events, the way back, and how a run is played again."""

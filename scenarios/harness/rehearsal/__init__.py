"""What models are expected to do with every question, and a team's tasks rehearsed by that."""

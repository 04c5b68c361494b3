"""The parts of the scenario `paper_campaign`: what is played, what it gives, how it is shown."""

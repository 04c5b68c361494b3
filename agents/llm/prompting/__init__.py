"""From an observation to the messages of a request; the prompts are files in `prompts/`."""

"""From a model's text to a validated decision or verdict."""

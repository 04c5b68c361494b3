"""From the body of a provider's response to what it says, whichever form it has."""

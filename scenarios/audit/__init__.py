"""Works of known worth, how judges grade them, and what that says of the judges."""

"""From resolved options to an organization."""

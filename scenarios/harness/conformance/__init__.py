"""What plug-ins owe their users, as checks that run on any of them."""

"""The live page in a browser: an organization to play with, or a folder's run as it grows."""

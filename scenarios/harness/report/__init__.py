"""The HTML page and the files of a finished folder."""

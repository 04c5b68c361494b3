"""One file per coordination protocol; a new file is found without being listed anywhere."""

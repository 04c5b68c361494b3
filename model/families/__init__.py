"""The task families that come with the package, one file each; found by entry point."""

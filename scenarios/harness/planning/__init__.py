"""What a command would take and could show, before anything is played: `--dry-run`."""

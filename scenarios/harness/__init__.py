"""What scenarios share: building organizations, sweeping, figures, reports, the command line."""

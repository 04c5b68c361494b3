"""What several test files use: clocks, prompts, errors of providers, calls over loopback."""

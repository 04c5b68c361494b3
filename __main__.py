"""`python -m unscripted` is `unscripted`."""

from .scenarios.harness.cli.app import main

main()

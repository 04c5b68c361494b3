"""`python -m unscripted` is `unscripted`."""

from .scenarios.harness.cli import main

main()

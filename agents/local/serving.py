"""The engine's own process: serves one model on loopback until its parent is gone.

    python -m unscripted.agents.local.serving

It reads one line of JSON (what to serve) from standard input and writes one back (the address, or
what went wrong). Then it waits for the end of its input, which comes with the end of its parent,
whatever ended that.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version
from typing import Any

PACKAGE = "xllamacpp"
READ_AT_ONCE = 128
"""Tokens of a prompt; memory for what they come to grows with it, speed on a processor hardly."""


def serve(wanted: dict[str, Any]) -> Any:
    """Load a model and listen.

    Args:
        wanted: `path`, `alias`, `threads`, `slots`, `context` in tokens, for all slots together.

    Returns:
        The server; it serves while it is referred to.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = wanted["path"]
    params.model_alias = {wanted["alias"]}
    params.n_ctx = wanted["context"]
    params.n_parallel = wanted["slots"]
    params.n_ubatch = READ_AT_ONCE
    params.cpuparams.n_threads = wanted["threads"]
    params.cpuparams_batch.n_threads = wanted["threads"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.use_jinja = True
    params.cache_ram_mib = wanted["cache_mb"]
    params.fit_params = False  # it would try contexts of its own
    params.ui = False
    params.endpoint_metrics = True  # what was read anew, and how fast
    params.verbosity = 1
    return xllamacpp.Server(params)


def main() -> None:
    """Serve what the first line of standard input says."""
    said = sys.stdout
    sys.stdout = sys.stderr
    wanted = json.loads(sys.stdin.readline())
    try:
        server = serve(wanted)
        body = {"address": server.listening_address, "engine": f"{PACKAGE} {version(PACKAGE)}"}
    except Exception as error:
        body = {"error": " ".join(str(error).split()) or type(error).__name__}
    print(json.dumps(body), file=said, flush=True)
    sys.stdin.read()
    os._exit(0)  # requests in flight have nobody left to answer to


if __name__ == "__main__":
    main()

"""Plug-ins: how they are marked, found and named."""

"""A chat-completions server that reads the prompts it is sent and fails on demand.

Tests of real minds need a provider whose faults are chosen, whose answers depend on what was asked,
and which remembers every request. `loopback_server.server` is the way in.
"""

"""The way to LiteLLM and back: what is sent, what comes back, what its errors mean."""

"""unscripted: an open laboratory for self-organizing teams of LLM agents, on Mesa."""

"""Real language models: minds, judges, and the client that loses nothing and pays nothing twice."""

"""What is kept of calls: every request and what it came to, every answer, what models take."""

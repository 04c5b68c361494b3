"""Tasks whose answers code checks: families, private parts, forms of answers, scores."""

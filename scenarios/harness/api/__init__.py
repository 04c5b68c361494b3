"""What a user's script calls: values in, values out, nothing printed."""

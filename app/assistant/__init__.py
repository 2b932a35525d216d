"""Question in, typed events out."""

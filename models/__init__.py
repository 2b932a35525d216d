"""Text in, numbers or tokens out.  Knows no database."""

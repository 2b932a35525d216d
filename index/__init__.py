"""What we hold: the catalogue, the vectors, the keywords.  Knows no model, no file format, no screen."""

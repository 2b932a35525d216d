"""One history of the catalogue's schema."""

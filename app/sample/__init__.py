"""The sample corpus: a fictitious municipality, its documents and questions about them."""

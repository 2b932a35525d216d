"""An embedder taught on a corpus: contrastive pairs in, weights and their card out.  Knows no database, no network."""

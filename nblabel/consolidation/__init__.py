"""Several annotations of one item become one, with a confidence."""

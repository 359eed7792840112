"""Pure rules of communities."""

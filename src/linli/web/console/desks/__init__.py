"""The operator's desks: a list and an object page each."""

"""What a command says when it was used wrongly."""


class BadInput(Exception):
    """The command was used wrongly, or given what cannot be; the message says how, exit code 2."""

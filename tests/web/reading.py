"""A page as its reader has it: how its template is laid out does not count."""

from django.http import HttpResponse


def flat(answer: HttpResponse) -> str:
    """The page with one space wherever there is space."""
    return " ".join(answer.content.decode().split())

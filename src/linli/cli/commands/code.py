"""linli code PHONE: a sign-in code, for whoever runs the machine, as long as no provider sends messages."""

import argparse
import sys

import django

BAD_USE = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """PHONE."""
    parser.add_argument("phone")


def run(options: argparse.Namespace) -> int:
    """Print a code that is valid for five minutes. Exit 2 when the phone is none, or codes were asked for too often."""
    django.setup()
    from linli.core import clock  # inline: needs Django's apps
    from linli.core.rate_limit import TooMany
    from linli.core.typed import BadPhone
    from linli.members.operations.identity import issue_code

    try:
        print(issue_code(phone=options.phone, address="console", at=clock.now(), is_known=True))
    except BadPhone:
        print(f"linli code: {options.phone} is no mobile phone number", file=sys.stderr)
        return BAD_USE
    except TooMany as error:
        print(f"linli code: too many; try again in {error.retry_after_seconds} seconds", file=sys.stderr)
        return BAD_USE
    return 0

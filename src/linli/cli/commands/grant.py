"""linli grant: the first operator of a site, and merchants' staff."""

import argparse
import sys

import django

ROLES = ("operator", "agent", "leader")


def arguments(parser: argparse.ArgumentParser) -> None:
    """PHONE and a role, or --merchant NAME."""
    parser.add_argument("phone")
    parser.add_argument("role", choices=(*ROLES, "owner", "merchant"))
    parser.add_argument("--name", default="", help="the shop's or merchant's name")


def run(options: argparse.Namespace) -> int:
    """Give a member a role; a member who is not there yet is made. Exit 2 when the phone or name is wrong."""
    django.setup()
    from django.db import transaction  # inline: needs Django's apps
    from django.utils import translation

    from linli.core import clock
    from linli.core.actor import SYSTEM, Role
    from linli.core.refusal import Refusal
    from linli.core.typed import read_mobile
    from linli.distribution.operations.owner import open_shop
    from linli.members.models import Member
    from linli.members.operations.profile import grant_role
    from linli.merchants.models import Merchant, Staff

    at = clock.now()
    try:
        phone = read_mobile(options.phone)
        with transaction.atomic():
            member, _ = Member.objects.get_or_create(
                phone=phone,
                defaults={"name": options.name[:24] or phone[-4:], "created_at": at, "password": "!"},
            )
            if options.role == "owner":
                open_shop(member=member, invitation=None, shop_name=options.name or member.name, at=at)
            elif options.role == "merchant":
                merchant, _ = Merchant.objects.get_or_create(
                    name=options.name or member.name, defaults={"created_at": at}
                )
                Staff.objects.get_or_create(merchant=merchant, member=member)
            else:
                grant_role(member=member, role=Role(options.role), actor=SYSTEM, at=at)
    except Refusal as error:
        with translation.override("en"):
            print(f"linli grant: {error.sentence}", file=sys.stderr)
        return 2
    print(f"{phone} is now {options.role}")
    return 0

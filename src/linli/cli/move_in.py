"""linli import members, balances: who comes from another mall, with their relations and with what is owed to them.

Each row is tried by itself; a file is written whole or not at all unless asked. The same file a second time changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.campaigns.models import PointGrant
from linli.campaigns.operations.points import Granted, grant_points
from linli.core.settings import value_at
from linli.core.table_file import BadRow, Row, read_cell
from linli.core.typed import BadName, BadPhone, read_fen, read_mobile, read_whole
from linli.distribution.models import Binding, CommissionLine, OpeningBalance, Owner
from linli.distribution.operations.attribution import bind
from linli.distribution.operations.move_in import bring_balance, bring_owner
from linli.distribution.values import BINDING_DAYS
from linli.ledger.operations import KeyConflict
from linli.members.models import Member
from linli.members.operations.identity import AlreadyMember, register

MEMBERS = {
    "phone": ("手机号", "手机", "电话", "mobile"),
    "name": ("姓名", "昵称", "会员名称"),
    "shop_name": ("店铺名", "店铺名称", "店铺", "shop"),
    "sponsor_phone": ("邀请人手机", "上级手机", "推荐人手机", "sponsor"),
    "owner_phone": ("店主手机", "所属店主", "绑定店主手机", "owner"),
}
BALANCES = {
    "phone": ("手机号", "手机", "电话", "mobile"),
    "points": ("积分", "积分余额"),
    "commission_yuan": ("佣金", "可提现佣金", "佣金余额", "commission"),
}


@dataclass(frozen=True)
class Refused:
    """A row that was refused: the number that a person sees beside it and why."""

    row: int
    why: str


@dataclass(frozen=True)
class Moved:
    """What became of a file: rows that brought something new, rows that were known, rows that were refused."""

    new: int
    known: int
    errors: tuple[Refused, ...]


def move_members(rows: Iterable[Row], *, at: datetime) -> Moved:
    """Members with their shops (shop_name, below sponsor_phone) and the owner who serves them (owner_phone). Who is named before
    their own row stands is waited for."""
    days = value_at(BINDING_DAYS, at=at)
    waiting, errors = _each_phone_once(rows)
    new = known = 0
    while waiting:
        later: list[Row] = []
        for row in waiting:
            try:
                with transaction.atomic():
                    is_new = _member(row.cells, row.fault, days=days, at=at)
                new, known = new + is_new, known + (not is_new)
            except _NotYet:
                later.append(row)
            except BadRow as error:
                errors.append(Refused(row.number, str(error)))
        if len(later) == len(waiting):
            errors += [Refused(row.number, _who_is_missing(row.cells)) for row in later]
            break
        waiting = later
    return Moved(new, known, tuple(sorted(errors, key=lambda one: one.row)))


def move_balances(rows: Iterable[Row], *, at: datetime) -> Moved:
    """Points, and commission that can be withdrawn: each is one entry of the ledger, once for a member."""
    once, errors = _each_phone_once(rows)
    new = known = 0
    for row in once:
        try:
            with transaction.atomic():
                is_new = _balance(row.cells, row.fault, at=at)
            new, known = new + is_new, known + (not is_new)
        except BadRow as error:
            errors.append(Refused(row.number, str(error)))
    return Moved(new, known, tuple(sorted(errors, key=lambda one: one.row)))


def _each_phone_once(rows: Iterable[Row]) -> tuple[list[Row], list[Refused]]:
    """The rows, without those whose phone stands in a row before them."""
    first: dict[str, int] = {}
    once, twice = list[Row](), list[Refused]()
    for row in rows:
        phone = "".join(row.cells.get("phone", "").split()) or f"row {row.number}"
        if phone in first:
            twice.append(Refused(row.number, f"phone: it stands in row {first[phone]} already"))
        else:
            first[phone] = row.number
            once.append(row)
    return once, twice


class _NotYet(Exception):
    """Somebody whom the row names has no shop yet; a later row may bring it."""


def _member(cells: Mapping[str, str], fault: str, *, days: int, at: datetime) -> bool:
    phone, name = _phone(cells, "phone", fault), cells.get("name", "").strip()
    sponsor = _owner_of(cells, "sponsor_phone") if cells.get("sponsor_phone", "").strip() else None
    serving = _owner_of(cells, "owner_phone") if cells.get("owner_phone", "").strip() else None
    shop_name = cells.get("shop_name", "").strip()
    if sponsor and not shop_name:
        raise BadRow("sponsor_phone: only who has a shop_name has a sponsor")
    try:
        member, is_new = register(phone=phone, name=name or phone[-4:], at=at), True
    except AlreadyMember:
        member, is_new = Member.objects.get(phone=phone), False
        _refuse_other(member, name=name, shop_name=shop_name, sponsor=sponsor)
    except BadName:
        raise BadRow("name: 1 to 24 visible characters") from None
    if shop_name and not Owner.objects.filter(pk=member.pk).exists():
        try:
            bring_owner(member=member, sponsor_id=sponsor.pk if sponsor else None, shop_name=shop_name, at=at)
        except BadName:
            raise BadRow("shop_name: 1 to 24 visible characters") from None
        is_new = True
    if serving:
        bind([(member.pk, serving.pk)], days=days, at=at)
        if not Binding.objects.filter(member=member, owner=serving).exists():
            raise BadRow("owner_phone: another owner serves this member, or they have a shop of their own")
    return is_new


def _refuse_other(member: Member, *, name: str, shop_name: str, sponsor: Owner | None) -> None:
    """A file says nothing else of whoever is here: it would be lost without a word. Raises BadRow."""
    if name and name != member.name:
        raise BadRow(f"name: this phone is here already, as {member.name}")
    owner = Owner.objects.filter(pk=member.pk).first()
    if owner and shop_name and shop_name != owner.shop_name:
        raise BadRow(f"shop_name: this member has a shop already, {owner.shop_name}")
    if owner and sponsor and sponsor.pk != owner.sponsor_id:
        raise BadRow("sponsor_phone: this owner has another sponsor, or none")


def _owner_of(cells: Mapping[str, str], column: str) -> Owner:
    owner = Owner.objects.filter(member__phone=_phone(cells, column)).first()
    if owner is None:
        raise _NotYet
    return owner


def _who_is_missing(cells: Mapping[str, str]) -> str:
    names = [name for name in ("sponsor_phone", "owner_phone") if cells.get(name, "").strip()]
    return f"{' or '.join(names)}: nobody with this phone has a shop, here or in the file"


def _balance(cells: Mapping[str, str], fault: str, *, at: datetime) -> bool:
    member = Member.objects.filter(phone=_phone(cells, "phone", fault)).first()
    if member is None:
        raise BadRow("phone: there is no member with it; import members first")
    points = read_cell(cells, "points", read_whole, "a whole number like 120", if_empty=0)
    fen = read_cell(cells, "commission_yuan", read_fen, "an amount of yuan like 39.90", if_empty=0)
    if not points and not fen:
        raise BadRow("points or commission_yuan: one of them is needed")
    owner = Owner.objects.filter(pk=member.pk).first()
    if fen and owner is None:
        raise BadRow("commission_yuan: this member has no shop")
    _refuse_earned_here(member, points=points, fen=fen)
    is_new = bool(points and grant_points([Granted(member.pk, "opening", "opening", points)], at=at))
    if points and not PointGrant.objects.filter(member=member, kind="opening", count=points).exists():
        raise BadRow("points: they were imported before with another count")
    try:
        return bool(fen and owner and bring_balance(owner=owner, amount_fen=fen, at=at)) or is_new
    except KeyConflict:
        raise BadRow("commission_yuan: it was imported before with another amount") from None


def _refuse_earned_here(member: Member, *, points: int, fen: int) -> None:
    """An opening balance is of people who have earned nothing here: else a file of this very site would double what it owes them.
    Raises BadRow."""
    grants, openings = (
        PointGrant.objects.filter(member=member),
        OpeningBalance.objects.filter(owner=member.pk),
    )
    if points and grants.exists() and not grants.filter(kind="opening").exists():
        raise BadRow("points: this member has earned points on this site; an opening balance comes before")
    if fen and CommissionLine.objects.filter(beneficiary_id=member.pk).exists() and not openings.exists():
        raise BadRow("commission_yuan: this owner has earned on this site; an opening balance comes before")


def _phone(cells: Mapping[str, str], column: str, fault: str = "") -> str:
    if fault:
        raise BadRow(fault)
    try:
        return read_mobile(cells.get(column, ""))
    except BadPhone:
        raise BadRow(f"{column}: «{cells.get(column, '')[:40]}» is no mobile number") from None

"""When a fee for coming into a community goes back. Pure."""

from datetime import datetime, timedelta

from linli.community.rules.intake import INSIDE, WAITING

RETURN_DAYS = 7


def becomes(state: str, *, entered_at: datetime | None, is_final: bool, at: datetime) -> str:
    """What becomes of a paid fee, by where its member stands in the community now: "" (nothing yet), "earned" or "returned".

    Whoever waits in line waits with the money; whoever is not inside has it back, the first time within RETURN_DAYS of coming in too.
    A community that has closed ("closed") keeps nothing that was not earned before.
    """
    if state == "closed":
        return "returned"
    if state in WAITING:
        return ""
    if state not in INSIDE:
        return "earned" if is_final and entered_at else "returned"
    if is_final or (entered_at and entered_at + timedelta(days=RETURN_DAYS) <= at):
        return "earned"
    return ""

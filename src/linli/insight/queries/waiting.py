"""What waits for the operator: the numbers beside the entries of the menu."""

from dataclasses import dataclass

from linli.core import sql

MOST = 100  # nobody counts further beside a menu


@dataclass(frozen=True)
class Waiting:
    """How many of each wait for a person; 100 stands for more."""

    withdrawals: int
    refunds: int
    aside: int
    reports: int

    @property
    def stuck(self) -> int:
        """Money and work that does not go on by itself."""
        return self.refunds + self.aside


def waiting() -> Waiting:
    """Counted in one statement, each by an index of its own."""
    [row] = sql.typed(
        Waiting,
        """select (select count(*) from (select from distribution_withdrawal where state = 'asked' limit %(most)s) w)::int as withdrawals,
                  (select count(*) from (select from payments_refund where state = 'needs_person' limit %(most)s) r)::int as refunds,
                  (select count(*) from (select from core_setaside limit %(most)s) a)::int as aside,
                  (select count(*) from (select from community_report where decided_at is null limit %(most)s) c)::int as reports""",
        {"most": MOST},
    )
    return row

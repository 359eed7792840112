"""Tables of the ledger. Transactions and postings are append-only: by grant, and by a trigger that refuses (migration 0002)."""

from django.db import models


class Account(models.Model):
    """An account of the chart for one owner (member or merchant id; 0 is the platform) in one currency."""

    code = models.TextField()
    owner_id = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "owner_id", "currency"], name="ledger_account_once")
        ]


class Transaction(models.Model):
    """A balanced set of postings, made once for its key."""

    key = models.TextField(unique=True)
    input_hash = models.BinaryField()
    kind = models.TextField()
    reference = models.TextField()
    effective_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["reference"], name="ledger_tx_reference")]


class Posting(models.Model):
    """One leg. Foreign keys are checked by `verify`, not by the database: postings are the hottest rows we write."""

    transaction = models.ForeignKey(
        Transaction, models.DO_NOTHING, db_constraint=False, related_name="postings"
    )
    account = models.ForeignKey(Account, models.DO_NOTHING, db_constraint=False, db_index=False)
    amount_fen = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["account", "id"], name="ledger_posting_statement")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="ledger_posting_not_zero")
        ]


class Balance(models.Model):
    """The live balance of a member's or merchant's account, moved in the transaction of its postings."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, db_constraint=False)
    balance_fen = models.BigIntegerField()


class DaySum(models.Model):
    """What all postings of a kind moved on an account of the platform on a day of the shop, as far as Summed says."""

    account = models.ForeignKey(Account, models.DO_NOTHING, db_constraint=False, related_name="+")
    kind = models.TextField()
    day = models.DateField()
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "day"], name="ledger_daysum_once")]


class Summed(models.Model):
    """One row: day sums hold the postings up to this id; those after it are added when somebody asks."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    posting_id = models.BigIntegerField(default=0)

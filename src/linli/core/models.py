"""Tables of the ground: events and cursors, audit trail, dated values, rate windows, recordings."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Xid8Field(models.Field):
    """PostgreSQL's 64-bit transaction id."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Event(models.Model):
    """What happened, written in the transaction that decided it; never changed."""

    xid = Xid8Field()
    kind = models.TextField()
    payload = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "xid", "id"], name="core_event_kind_order")]


class Subscription(models.Model):
    """How far a subscriber has heard."""

    name = models.TextField(primary_key=True)
    xid = Xid8Field()
    event_id = models.BigIntegerField()


class SetAside(models.Model):
    """Work that could not be done (core.work): an event of a subscriber, a row of a job; tried again later, seen by a person."""

    queue = models.TextField()
    item = models.BigIntegerField()
    error = models.TextField()
    tries = models.IntegerField()
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "item"], name="core_setaside_once")]


class Heartbeat(models.Model):
    """When a worker last went round, by the platform's clock and by the machine's (the demo's clock can be moved); one row."""

    beat_at = models.DateTimeField()
    machine_at = models.DateTimeField()


class Cluster(models.Model):
    """The PostgreSQL whose transaction ids the events bear (core.events.adopt_cluster); one row."""

    system_identifier = models.TextField()


class AuditEntry(models.Model):
    """Who did what to which thing, when; append-only."""

    actor_id = models.BigIntegerField(help_text="member id; 0 is the platform itself")
    action = models.TextField()
    subject = models.TextField()
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="core_audit_subject")]


class Findable(models.Model):
    """What a thing of some kind is known by, for those who look for it; see core.finding."""

    kind = models.CharField(max_length=12)
    key = models.BigIntegerField()
    search = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="core_findable_once")]
        indexes = [GinIndex(fields=["search"], name="core_findable_search")]


class Note(models.Model):
    """What staff write down about a thing for their colleagues; its subject is named as in the audit trail. Never shown to members."""

    subject = models.TextField()
    author_id = models.BigIntegerField()
    words = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "-id"], name="core_note_subject")]


class Verification(models.Model):
    """Every invariant recomputed once, as a person asked. found: [{name, places}] of the checks done so far; see core.verification."""

    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    found = models.JSONField(default=list)
    broken_count = models.IntegerField(default=0)


class DatedValue(models.Model):
    """A business value from a moment on; see core.settings."""

    key = models.TextField()
    value = models.BigIntegerField()
    active_from = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "active_from"], name="core_datedvalue_once")]


class RateWindow(models.Model):
    """Tries of a key in its current window."""

    key = models.TextField(primary_key=True)
    window = models.BigIntegerField()
    tries = models.IntegerField()


class Answer(models.Model):
    """The first answer to a request that creates something, by its idempotency key."""

    scope = models.TextField()
    key = models.TextField()
    input_hash = models.BinaryField()
    status = models.IntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="core_answer_once")]


class Picture(models.Model):
    """A picture that a member sent, as it is kept; by it their store is bounded."""

    name = models.CharField(max_length=40, unique=True)
    uploaded_by_id = models.BigIntegerField(db_index=True)
    bytes = models.IntegerField()
    created_at = models.DateTimeField()


class RecordingKind(models.TextChoices):
    voice = "voice"
    video = "video"


class RecordingState(models.TextChoices):
    """waiting (a job encodes it) → ready | failed."""

    waiting = "waiting"
    ready = "ready"
    failed = "failed"


class Recording(models.Model):
    """Voice or video that somebody sent. Its files are named by `name`: NAME.m4a, or NAME.mp4 with its picture NAME.webp; until it is
    encoded, seconds is what the sender's file claims. is_used: known to be a part of something, so that it stays."""

    name = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=5, choices=RecordingKind.choices)
    state = models.CharField(max_length=7, choices=RecordingState.choices, default=RecordingState.waiting)
    seconds = models.SmallIntegerField(default=0)
    width = models.SmallIntegerField(default=0)
    height = models.SmallIntegerField(default=0)
    why = models.CharField(max_length=20, default="")
    uploaded_by_id = models.BigIntegerField()
    is_used = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    encoded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="waiting"), name="core_recording_waiting"),
            models.Index(
                fields=["uploaded_by_id"], condition=models.Q(state="waiting"), name="core_recording_sender"
            ),
        ]

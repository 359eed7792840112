"""Tables of members: identity, codes, tokens, roles, invitations, addresses."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from linli.core.actor import Actor, Role


class MemberStatus(models.TextChoices):
    active = "active"
    closed = "closed"


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, actor: Actor) -> Self:
        """A member sees themselves; the operator everybody."""
        if actor.is_operator:
            return self
        return self.filter(pk=actor.member_id) if actor.member_id else self.none()


class MemberManager(BaseUserManager.from_queryset(MemberQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(phone=username)


class Member(AbstractBaseUser):
    """A person, known by phone. Roles are rows of RoleGrant; an owner's shop is a row of distribution.Owner."""

    phone = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    avatar = models.CharField(max_length=200, default="")
    language = models.CharField(max_length=10, default="zh-hans")
    status = models.CharField(max_length=10, choices=MemberStatus.choices, default=MemberStatus.active)
    created_at = models.DateTimeField()

    objects: ClassVar[MemberManager] = MemberManager()
    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.status == MemberStatus.active

    @property
    def is_staff(self) -> bool:
        return self.is_active and self.role_grants.filter(role=Role.operator).exists()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class RoleGrant(models.Model):
    """A role of a member, for a scope (a region's or community's code; empty: everywhere)."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    scope = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "role", "scope"], name="members_role_once")]


class PhoneCode(models.Model):
    """The newest one-time code of a phone."""

    phone = models.CharField(max_length=20, primary_key=True)
    code_hash = models.BinaryField()
    tries = models.IntegerField(default=0)
    expires_at = models.DateTimeField()


class ApiToken(models.Model):
    """A bearer token; only its hash is kept. label: what asked for it."""

    token_hash = models.BinaryField(primary_key=True)
    member = models.ForeignKey(Member, models.CASCADE)
    label = models.CharField(max_length=80, default="", db_default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    @property
    def session_id(self) -> str:
        """How its member names it; nobody can make the token from it."""
        return bytes(self.token_hash).hex()[:24]


class Invitation(models.Model):
    """A code by which a member invites others to open a shop."""

    code = models.CharField(max_length=12, unique=True)
    inviter = models.ForeignKey(Member, models.CASCADE, related_name="invitations")
    words = models.CharField(max_length=120, default="", blank=True)
    uses_left = models.IntegerField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(uses_left__gte=0), name="members_invitation_uses")
        ]


class AddressQuerySet(models.QuerySet["Address"]):
    def visible_to(self, actor: Actor) -> Self:
        """An address is its member's alone."""
        return self.filter(member_id=actor.member_id) if actor.member_id else self.none()


class Address(models.Model):
    """An entry of a member's address book; region is the 6-digit administrative code."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="addresses")
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=32)
    region = models.CharField(max_length=6)
    detail = models.CharField(max_length=120)
    is_default = models.BooleanField(default=False)

    objects: ClassVar[models.Manager] = AddressQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-is_default", "-id"]


class Device(models.Model):
    """A browser that a member signed in with: a mark against false owners, kept as a digest of a random cookie."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="devices")
    device_hash = models.BinaryField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device_hash", "member"], name="members_device_once")]


class TraitKind(models.TextChoices):
    occupation = "occupation"
    interest = "interest"


class Trait(models.Model):
    """What a member says of themselves, so that fitting communities are shown to them: an occupation, some interests."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="traits")
    kind = models.CharField(max_length=10, choices=TraitKind.choices)
    value = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "kind", "value"], name="members_trait_once")]

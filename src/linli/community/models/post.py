"""What members say: posts in two lines, questions, comments and answers, likes, saves, goods cards."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from linli.community.models.circle import Circle
from linli.community.models.community import LEADING, Community, CommunityType, Membership, MembershipState
from linli.core.actor import Actor


class Line(models.TextChoices):
    """buying: what it is like to have bought. selling: how to sell well. question: asked, answered, accepted. show: what was bought,
    in pictures."""

    buying = "buying"
    selling = "selling"
    question = "question"
    show = "show"


class PostState(models.TextChoices):
    """held: waits for a look. hidden: taken down with a reason. deleted: by its author."""

    shown = "shown"
    held = "held"
    hidden = "hidden"
    deleted = "deleted"


class PostQuerySet(models.QuerySet["Post"]):
    def written_by(self, actor: Actor) -> Self:
        """One's own, wherever it was said: whoever wrote it may take it back."""
        return self.filter(author_id=actor.member_id or None).exclude(state=PostState.deleted)

    def visible_to(self, actor: Actor) -> Self:
        """What is shown in open communities that everybody reads, or that one is a member of; there one's own too while it is
        held or hidden, and for leaders all that is."""
        found = self.exclude(state=PostState.deleted)
        if actor.is_operator:
            return found
        found = found.filter(community__closed_at=None)
        open_to_all = ~Q(community__type=CommunityType.heavy)
        if not actor.member_id:
            return found.filter(open_to_all, state=PostState.shown)
        mine = Membership.objects.filter(
            community_id=OuterRef("community_id"), member_id=actor.member_id, state=MembershipState.active
        )
        readable = open_to_all | Exists(mine)
        said = Q(state=PostState.shown) | Q(author_id=actor.member_id)
        return found.filter((said & readable) | Exists(mine.filter(role__in=LEADING)))


class Post(models.Model):
    """A post or question. score orders the best: likes, twice comments, three times saves, all of them of others than the author.
    asked: the expert whom a question is for."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="posts")
    author = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    line = models.CharField(max_length=8, choices=Line.choices)
    topic = models.CharField(max_length=20, default="", blank=True)
    text = models.TextField()
    images = ArrayField(models.CharField(max_length=60), default=list)
    recording = models.ForeignKey("core.Recording", models.PROTECT, null=True, related_name="+")
    circle = models.ForeignKey(Circle, models.PROTECT, null=True, related_name="posts")
    asked = models.ForeignKey("members.Member", models.PROTECT, null=True, related_name="+")
    mentioned = ArrayField(models.BigIntegerField(), default=list, help_text="members whose names it says")
    state = models.CharField(max_length=8, choices=PostState.choices)
    why = models.CharField(max_length=200, default="", help_text="why it is held or was hidden")
    comment_count = models.IntegerField(default=0)
    like_count = models.IntegerField(default=0)
    save_count = models.IntegerField(default=0)
    score = models.IntegerField(default=0)
    click_count = models.IntegerField(default=0, help_text="how often one of its goods cards was opened")
    accepted = models.ForeignKey("Comment", models.PROTECT, null=True, related_name="+")
    is_pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = PostQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = [
            models.Index(fields=["community", "-id"], name="community_post_new"),
            models.Index(
                fields=["community", "-score", "-id"],
                condition=Q(state="shown"),
                name="community_post_best",
            ),
            models.Index(fields=["community", "line", "-id"], name="community_post_line"),
            models.Index(fields=["author", "-id"], name="community_post_author"),
            models.Index(fields=["id"], condition=Q(state="held"), name="community_post_held"),
            models.Index(fields=["circle", "-id"], condition=~Q(circle=None), name="community_post_circle"),
        ]


class PostProduct(models.Model):
    """A goods card of a post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="products")
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+")
    position = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "product"], name="community_card_once")]
        indexes = [models.Index(fields=["product", "-post"], name="community_card_product")]


class GuideTouch(models.Model):
    """The post from which a member last opened a product."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "product"], name="community_guide_once")]


class Comment(models.Model):
    """A comment on a post, or the answer to a question; it may carry one goods card."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="comments")
    author = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    mentioned = ArrayField(models.BigIntegerField(), default=list)
    product = models.ForeignKey("catalog.Product", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=PostState.choices)
    why = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [
            models.Index(fields=["post", "id"], name="community_comment_post"),
            models.Index(fields=["id"], condition=Q(state="held"), name="community_comment_held"),
        ]


class PostLike(models.Model):
    """A member likes a post, once."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="likes")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "member"], name="community_like_once")]


class PostSave(models.Model):
    """A member keeps a post to read again."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="saves")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "member"], name="community_save_once")]
        indexes = [models.Index(fields=["member", "-id"], name="community_saved")]

"""Tables of communities."""

from linli.community.models.community import (
    Community,
    CommunityType,
    EntryKind,
    Membership,
    MembershipRole,
    MembershipState,
)
from linli.community.models.moderation import Report, Sanction, SanctionKind, Word
from linli.community.models.post import Comment, Line, Post, PostLike, PostProduct, PostSave, PostState

__all__ = [
    "Comment", "Community", "CommunityType", "EntryKind", "Line", "Membership", "MembershipRole", "MembershipState", "Post",
    "PostLike", "PostProduct", "PostSave", "PostState", "Report", "Sanction", "SanctionKind", "Word",
]  # fmt: skip

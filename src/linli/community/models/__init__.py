"""Tables of communities."""

from linli.community.models.circle import Circle, CircleMember, Expert
from linli.community.models.community import (
    Community,
    CommunityType,
    EntryKind,
    Membership,
    MembershipRole,
    MembershipState,
)
from linli.community.models.course import Attempt, Certificate, Course, CourseLevel, LessonRead
from linli.community.models.health import Health
from linli.community.models.moderation import Report, Sanction, SanctionKind, Word
from linli.community.models.playbook import Playbook, PlaybookRun, PlaybookStep, PlaybookTask, Trigger
from linli.community.models.post import (
    Comment,
    GuideTouch,
    Line,
    Post,
    PostLike,
    PostProduct,
    PostSave,
    PostState,
)
from linli.community.models.ring import OuterGroup, OuterTask, Platform, Ring, RingMove
from linli.community.models.routing import Identity, PlaceState, RoutedPlace, RoutingRule

__all__ = [
    "Attempt",
    "Certificate",
    "Circle",
    "CircleMember",
    "Comment",
    "Community",
    "CommunityType",
    "Course",
    "CourseLevel",
    "EntryKind",
    "Expert",
    "GuideTouch",
    "Health",
    "Identity",
    "LessonRead",
    "Line",
    "Membership",
    "MembershipRole",
    "MembershipState",
    "OuterGroup",
    "OuterTask",
    "PlaceState",
    "Platform",
    "Playbook",
    "PlaybookRun",
    "PlaybookStep",
    "PlaybookTask",
    "Post",
    "PostLike",
    "PostProduct",
    "PostSave",
    "PostState",
    "Report",
    "Ring",
    "RingMove",
    "RoutedPlace",
    "RoutingRule",
    "Sanction",
    "SanctionKind",
    "Trigger",
    "Word",
]  # fmt: skip

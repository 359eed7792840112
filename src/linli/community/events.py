"""What communities tell the modules above."""

from linli.core.events import event


@event
class CoursePassed:
    """A member has passed a course, for the first time."""

    member_id: int
    course: str

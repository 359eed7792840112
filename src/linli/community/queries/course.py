"""The school as a member sees it."""

from collections.abc import Collection
from dataclasses import dataclass

from linli.community.models.course import Certificate, Course
from linli.core import sql
from linli.core.actor import Actor


@dataclass(frozen=True)
class Progress:
    """A course with how far a member is; certificate "" until it is passed."""

    course: Course
    read: frozenset[int]
    certificate: str

    @property
    def percent(self) -> int:
        """Lessons read, in percent."""
        return 100 * len(self.read) // self.course.lesson_count

    @property
    def next_lesson(self) -> int:
        """The first lesson that was not read; 0 when all were."""
        return next((n for n in range(1, self.course.lesson_count + 1) if n not in self.read), 0)


def courses_for(*, actor: Actor) -> list[Progress]:
    """Every course that the actor can see, with their progress, in three statements."""
    reads: dict[int, set[int]] = {}
    for row in sql.rows(
        "select course_id, lesson from community_lessonread where member_id = %s", (actor.member_id,)
    ):
        reads.setdefault(row.course_id, set()).add(row.lesson)
    passed = dict(Certificate.objects.filter(member_id=actor.member_id).values_list("course_id", "number"))
    return [
        Progress(
            course,
            frozenset(n for n in reads.get(course.pk, ()) if n <= course.lesson_count),
            passed.get(course.pk, ""),
        )
        for course in Course.objects.visible_to(actor)
    ]


def passed_counts(member_ids: Collection[int]) -> dict[int, int]:
    """How many courses members have passed; no statement for nobody."""
    if not member_ids:
        return {}
    rows = sql.rows(
        "select member_id, count(*)::int as n from community_certificate where member_id = any(%s::bigint[]) group by 1",
        (sorted(set(member_ids)),),
    )
    return {row.member_id: row.n for row in rows}

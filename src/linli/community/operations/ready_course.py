"""The courses that come with the platform, to be taken over and changed."""

from pathlib import Path

from linli.community.operations.course import CourseDraft

FOLDER = Path(__file__).resolve().parent.parent / "courses"
CODES = ("opening-playbook", "six-lessons", "middle", "advanced")


def ready_course(code: str, *, is_published: bool = False) -> CourseDraft:
    """A course that comes with the platform. Raises KeyError."""
    if code not in CODES:
        raise KeyError(code)
    title, level, intro, document = (FOLDER / f"{code}.txt").read_text(encoding="utf-8").split("\n", 3)
    return CourseDraft(code, title, level, document, intro, is_published)

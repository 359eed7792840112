"""Pure rules about members."""

from linli.core.typed import characters

OCCUPATIONS = (
    "parent", "office", "teacher", "medical", "student", "retired", "farmer", "service", "own_boss", "other",
)  # fmt: skip


def masked_name(name: str) -> str:
    """A name as strangers see it: 桃**子."""
    seen = characters(name)
    if len(seen) <= 1:
        return name + "*"
    return seen[0] + "*" * min(2, max(1, len(seen) - 2)) + (seen[-1] if len(seen) > 2 else "")


def masked_phone(phone: str) -> str:
    """138****0001."""
    return f"{phone[:3]}****{phone[-4:]}"

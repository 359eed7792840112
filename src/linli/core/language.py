"""Which of our languages a reader wants."""

from django.utils.translation.trans_real import parse_accept_lang_header

LANGUAGES = ("zh-hans", "en")


def language_of(header: str) -> str:
    """The first of ours by the preference that an Accept-Language header states (RFC 9110, 12.5.4); zh-hans when it states none."""
    for tag, quality in parse_accept_lang_header(header[:500]):
        found = {"zh": "zh-hans", "en": "en"}.get(tag.partition("-")[0])
        if found and quality:
            return found
    return LANGUAGES[0]

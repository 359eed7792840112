"""Why every module may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.malformed,
    {
        "bad_body": gettext_lazy("The request could not be read."),
        "bad_parameter": gettext_lazy("Part of this address can't be read."),
        "wrong_method": gettext_lazy("This page opens only from its own button or form."),
    },
)

declare(
    Kind.unauthorised,
    {
        "sign_in": gettext_lazy("Please sign in."),
    },
)

declare(
    Kind.forbidden,
    {
        "forbidden": gettext_lazy("You don't have permission to do this."),
    },
)

declare(
    Kind.missing,
    {
        "not_found": gettext_lazy("Not found."),
    },
)

declare(
    Kind.conflict,
    {
        "key_conflict": gettext_lazy("This idempotency key was used for another request."),
    },
)

declare(
    Kind.rule,
    {
        "bad_amount": gettext_lazy("This is not an amount of money."),
        "bad_number": gettext_lazy("This has to be a whole number."),
        "bad_name": gettext_lazy("A name has 1 to 24 characters."),
        "bad_phone": gettext_lazy("This is not a mobile phone number."),
        "bad_picture": gettext_lazy(
            "This picture can't be used. Upload a JPEG, PNG, WebP or HEIC of up to 20 MB."
        ),
        "bad_reason": gettext_lazy("Please give a reason."),
        "bad_recording": gettext_lazy("This file is not a voice or video recording that can be read."),
        "note_needed": gettext_lazy("Please write something first."),
        "note_long": gettext_lazy("A note has up to 500 characters."),
        "too_large": gettext_lazy("This number is too large."),
        "out_of_range": gettext_lazy("This value is out of its range."),
        "picture_broken": gettext_lazy("The picture is damaged and can't be opened."),
        "picture_kind": gettext_lazy(
            "Upload a JPEG, PNG, WebP, AVIF or HEIC picture. Save other formats as JPEG first."
        ),
        "picture_large": gettext_lazy("Pictures can be up to 20 MB."),
        "picture_pixels": gettext_lazy("The picture is too large. The limit is 64 megapixels."),
        "pictures_full": gettext_lazy("Your picture storage is full."),
        "recording_large": gettext_lazy("It is too large: voice has 16 MB at most, video 80 MB."),
        "recording_long": gettext_lazy("It is too long: voice has 3 minutes at most, video 1 minute."),
        "recordings_wait": gettext_lazy(
            "Three of your recordings are being prepared. Wait a moment for them."
        ),
        "text_needed": gettext_lazy("Please write something."),
        "too_long": gettext_lazy("That is too long."),
        "unreadable": gettext_lazy(
            "This could not be read. Numbers are digits, times like 2026-12-24T10:00."
        ),
    },
)

declare(
    Kind.busy,
    {
        "pictures_wait": gettext_lazy("Other pictures are being processed. Try again in a moment."),
        "queue_full": gettext_lazy("We're very busy right now. Please try again in a moment."),
        "too_many": gettext_lazy("Too many attempts. Please wait a moment."),
    },
)

declare(
    Kind.unavailable,
    {
        "unavailable": gettext_lazy(
            "We're not sure whether this worked. Check, and try again with the same key."
        ),
    },
)

"""One JSON object per log line, with the request and the member that it belongs to."""

import json
import logging
import secrets
from typing import Any

import structlog
from structlog.typing import Processor

_MADE_BY_ANYBODY: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
]


def json_formatter() -> logging.Formatter:
    """time, level, logger, message, request and member, and the trace when there is one."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_MADE_BY_ANYBODY,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(serializer=_line),
        ],
    )


def begin_request() -> None:
    """Give the request that this thread now handles a name, in every line that it logs."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=secrets.token_hex(6))


def name_member(member_id: int) -> None:
    """Put the member who asks into every line of the request."""
    structlog.contextvars.bind_contextvars(member=member_id)


def request_name() -> str:
    """The name of the current request; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request", ""))


def _line(content: Any, **how: Any) -> str:
    # A lone surrogate in what a stranger sent must not cost the line.
    return json.dumps(content, ensure_ascii=False, default=repr).encode(errors="backslashreplace").decode()

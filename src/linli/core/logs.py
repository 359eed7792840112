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


def begin_request() -> str:
    """Name what this thread does from now on, in every line that it logs. Returns the name, for whoever is told of an error."""
    name = secrets.token_hex(6)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=name)
    return name


def name_member(member_id: int) -> None:
    """Who asks, in every line of the request."""
    structlog.contextvars.bind_contextvars(member=member_id)


def request_name() -> str:
    """What the lines of this request are named by; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request", ""))


def _line(content: Any, **how: Any) -> str:
    # A lone surrogate in what a stranger sent must not cost the line.
    return json.dumps(content, ensure_ascii=False, default=repr).encode(errors="backslashreplace").decode()

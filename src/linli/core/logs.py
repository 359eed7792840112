"""One JSON object per log line."""

import json
import logging


class JsonFormatter(logging.Formatter):
    """time, level, logger, message, and the trace when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        # A lone surrogate in what a stranger sent must not cost the line.
        return json.dumps(line, ensure_ascii=False).encode(errors="backslashreplace").decode()

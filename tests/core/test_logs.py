"""Each log line is one JSON object that names its request and its member."""

import json
import logging
from datetime import datetime

import pytest
from django.test import Client

from factories.shop import make_member
from linli.core.logs import begin_request, json_formatter, name_member, request_name
from web.test_network_pages import client_of


def line(message: str, **how: object) -> dict[str, object]:
    try:
        raise ValueError("\ud800")
    except ValueError:
        record = logging.getLogger("linli.shop").makeRecord(
            "linli.shop", logging.ERROR, __file__, 1, message, (), __import__("sys").exc_info()
        )
    text = json_formatter().format(record)
    assert "\n" not in text and text.encode()
    return json.loads(text)


def test_a_line_names_its_request_and_its_member() -> None:
    begin_request()
    name_member(7)
    said = line("a parcel of 三号 was lost \ud800")
    assert {key: said[key] for key in ("level", "logger", "request", "member")} == {
        "level": "error",
        "logger": "linli.shop",
        "request": request_name(),
        "member": 7,
    }
    assert "三号" in str(said["message"]) and "Traceback" in str(said["exception"]) and said["timestamp"]


@pytest.mark.django_db
def test_the_next_request_is_another_and_nobodys(at: datetime) -> None:
    client_of(make_member(at)).get("/me")
    first = request_name()
    Client().get("/")
    assert request_name() not in ("", first) and "member" not in line("x")

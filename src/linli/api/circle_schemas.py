"""Bodies of requests about circles, experts, fees and playbooks."""

from typing import Annotated, Literal

from pydantic import Field

from linli.api.schemas import LongText
from linli.api.values import Day, Fen, Id, Strict, Text


class CircleIn(Strict):
    name: Text
    intro: Text = ""


class ExpertIn(Strict):
    member_id: Id
    subject: Text
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7)] = []
    from_minute: Annotated[int, Field(ge=0, le=1440)]
    to_minute: Annotated[int, Field(ge=0, le=1440)]


class FeeIn(Strict):
    fee_fen: Fen
    gateway: Text


class TaskDoneIn(Strict):
    note: Text = ""


class PlaybookIn(Strict):
    code: Text
    title: Text
    trigger: Literal["founding", "newcomers", "weekly", "by_hand"]
    document: LongText
    types: Annotated[list[Literal["benefit", "light", "heavy"]], Field(max_length=3)] = []
    started: bool = False


class BeginIn(Strict):
    playbook: Text
    day: Day

"""A plug-in that is wrong on purpose is told each of its faults in a sentence."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.conformance import (
    FaceCheckTrial,
    JobRunnerTrial,
    RosterSourceTrial,
    SmsSenderTrial,
    list_face_check_faults,
    list_job_runner_faults,
    list_roster_source_faults,
    list_sms_sender_faults,
)
from app.core.db import db, transaction
from app.core.jobs import Job
from app.proofs.face import FaceRequest, FaceResult, Redirect


class WrongFaceCheck:
    """Believes any nonce, starts anew each time, names no page, and lets its own errors out."""

    name = ""

    def __init__(self, *, is_away: bool = False) -> None:
        self.verdicts: dict[str, bool] = {}
        self._is_away, self._started = is_away, 0

    def start(self, request: FaceRequest) -> Redirect:
        if self._is_away:
            raise ConnectionError("refused")
        self._started += 1
        return Redirect(reference=str(self._started), url="https://face.example/begin")

    def fetch_result(self, reference: str, nonce: str) -> FaceResult | None:
        return FaceResult(passed=self.verdicts.get(reference, False), provider="x", reference="1", at=datetime(2026, 11, 30))

    def page_origins(self) -> tuple[str, ...]:
        return ("https://other.example/pages",)


def test_a_wrong_face_check_is_told_so() -> None:
    check = WrongFaceCheck()

    faults = list_face_check_faults(
        FaceCheckTrial(check=check, decide=check.verdicts.__setitem__, away=WrongFaceCheck(is_away=True))
    )

    assert_told(
        faults,
        "name must be a text of 1 to 40 characters, and is ''",
        "page_origins must be origins such as https://face.example, and holds 'https://other.example/pages'",
        "start sends people to https://face.example, which is not among page_origins",
        "a repeated request with the same nonce must be the same check, and got another reference",
        "fetch_result must be None while there is no verdict, and was FaceResult(",
        "a verdict must carry the provider's name and its own reference",
        "the moment of a verdict must have a time zone",
        "fetch_result with the nonce of another check must raise ForeignResult, and answered FaceResult(",
        "a check that was never started can have no verdict",
        "start with a service that is away must raise FaceCheckDown, and raised ConnectionError",
        "fetch_result with a service that is away must raise FaceCheckDown, and answered FaceResult(",
    )


class WrongSender:
    """Cuts what is long, forgets the key, and tells the log everything."""

    def __init__(self, answer: Callable[[str, str], None]) -> None:
        self._answer = answer

    def send(self, phone: str, text: str, *, key: str) -> None:
        self._answer(phone, text[:70])


def _fall(phone: str, text: str) -> None:
    raise OSError(f"could not send to {phone}")


def test_a_wrong_sms_sender_is_told_so() -> None:
    arrived: list[tuple[str, str]] = []
    trial = SmsSenderTrial(
        sender=WrongSender(lambda phone, text: arrived.append((phone, text))),
        delivered=lambda: arrived,
        away=WrongSender(_fall),
        refusing=WrongSender(lambda phone, text: None),
    )

    assert_told(
        list_sms_sender_faults(trial),
        "characters must arrive once and as it was written, and what arrived is ['【医保】",
        "two sendings under one key must be one message, and 2 arrived",
        "send with a gateway that is away must raise SendingFailed, and raised OSError",
        "neither number nor text may stand in the reason, which is logged",
        "send with a gateway that says no for good must raise SendingRefused, and answered None",
    )


class WrongSource:
    """Has its columns from the first row, which is gone then; counts backwards; breaks off with an error of its own."""

    title, size, position = "王芳的名册", 0, 0

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._rows = iter(rows)
        self._is_closed = False

    def columns(self) -> list[str]:
        return list(next(self._rows, {"": ""}))[:1]

    def rows(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        for row in self._rows:
            self.position -= 1
            yield self.position, row

    def close(self) -> None:
        if self._is_closed:
            raise OSError("closed already")
        self._is_closed = True


def test_a_wrong_roster_source_is_told_so() -> None:
    rows = [{"姓名": name, "证件号码": number} for name, number in (("李明", "1001"), ("王芳", "王芳的名"), ("张三", "1003"))]

    faults = list_roster_source_faults(
        RosterSourceTrial(open=lambda: WrongSource(rows), rows=rows, broken=lambda: WrongSource(rows[:2]))
    )

    assert_told(
        faults,
        "nothing of a person may stand in title",
        "columns must be the keys that rows have, each once, and are ['姓名']",
        "without columns before, lines must be numbers that grow from 1 on, and are [-1, -2, -3]",
        "after columns, lines must be numbers that grow from 1 on, and are [-1, -2]",
        "after columns, rows must be the 3 of the trial in their order, and 2 came, or others",
        "a row may have no key that is not among columns",
        "position must not go back, and was [0, -1, -2, -3]",
        "It can be closed unread, half read, and twice: but it raised OSError(closed already)",
        "a source that cannot be read to its end must raise SourceRefused, and answered [(-1,",
    )


def test_a_wrong_runner_of_jobs_is_told_so(app: Flask) -> None:
    def run_everything() -> None:
        functions: Any = app.extensions["job_functions"]
        for job in db.session.scalars(select(Job)).all():
            with transaction():
                functions[job.name](**json.loads(job.arguments))

    assert_told(
        list_job_runner_faults(JobRunnerTrial(app=app, run_due=run_everything)),
        "the one job that was committed must be run once and with its ids, and these were run: [7, 7]",
        "a job must be run outside any transaction, and one was open",
        "a job that was run must be `done`, and is `waiting`",
        "a job must wait until it is due, and was run an hour before",
        "A job that raises is tried again later and keeps nobody back: but it raised",
        "run_due must not raise, and raised",
        "4 runners at once must run each of 10 jobs once, and ran",
    )


def assert_told(faults: list[str], *wanted: str) -> None:
    """Each of `wanted` stands in a fault, and no fault is another."""
    assert [words for words in wanted if not any(words in fault for fault in faults)] == [], faults
    assert [fault for fault in faults if not any(words in fault for words in wanted)] == []

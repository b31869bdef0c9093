"""Our own plug-ins keep to what is asked of a stranger's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.config import Settings
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
from app.core import jobs
from app.core.plugins import load_plugin
from app.messages.providers.console import ConsoleSender
from app.messages.service import SENDERS
from app.proofs.providers import BUILTIN
from app.proofs.providers.stub import decide
from app.roster.providers.registry import open_source
from tests.kit.ports import free_port
from tests.kit.roster_source import KEY as ROSTER_KEY
from tests.kit.roster_source import roster_server
from tests.kit.settings import make_settings
from tests.kit.sms_gateway import sms_gateway
from tests.kit.workbooks import row, sheet, workbook
from tests.proofs.provider import KEY
from tests.proofs.provider import Server as FaceServer

ROWS = [
    {"证件类型": "01", "证件号码": number, "姓名": name, "参保地": "510603", "险种": "310"}
    for number, name in (("510600199003070017", "李明"), ("510600199003070025", "王芳"), ("51060019580101007X", "王㛃"))
]


def with_settings(**changes: Any) -> Settings:
    return make_settings(database_url="sqlite://", instance_path=Path(), **changes)


def nobody() -> str:
    return f"http://127.0.0.1:{free_port()}"


def test_the_face_check_over_http() -> None:
    with FaceServer() as service:
        settings = with_settings(face_check_url=service.url, face_check_key=KEY)

        def let_it_decide(reference: str, passed: bool) -> None:
            service.checks[reference].state = "passed" if passed else "failed"

        trial = FaceCheckTrial(
            check=load_plugin("pingzheng.face_checks", "http", BUILTIN)(settings),
            decide=let_it_decide,
            away=BUILTIN["http"](with_settings(face_check_url=nobody(), face_check_key=KEY)),
        )

        assert list_face_check_faults(trial) == []


def test_the_face_check_of_the_demo(app: Flask) -> None:
    check = BUILTIN["stub"](app.config["SETTINGS"])
    trial = FaceCheckTrial(check=check, decide=lambda reference, passed: decide(reference, passed=passed), away=None)

    with app.test_request_context():
        assert list_face_check_faults(trial) == []


def test_the_sms_sender_over_http() -> None:
    with sms_gateway() as gateway, sms_gateway() as refusing:
        refusing.answers = [400] * 10

        def delivered() -> Sequence[tuple[str, str]]:
            bodies = [call["body"] for call in gateway.calls]
            return list({body["key"]: (body["phone"], body["text"]) for body in bodies}.values())

        trial = SmsSenderTrial(
            sender=SENDERS["http"](with_settings(sms_url=gateway.url)),
            delivered=delivered,
            away=SENDERS["http"](with_settings(sms_url=nobody())),
            refusing=SENDERS["http"](with_settings(sms_url=refusing.url)),
        )

        assert list_sms_sender_faults(trial) == []


def test_the_sms_sender_of_the_demo() -> None:
    kept: dict[str, tuple[str, str]] = {}
    sender = ConsoleSender(lambda phone, text, key: kept.update({key: (phone, text)}))

    trial = SmsSenderTrial(sender=sender, delivered=lambda: list(kept.values()), away=None, refusing=None)

    assert list_sms_sender_faults(trial) == []


def test_a_roster_over_http() -> None:
    with roster_server(ROWS) as server, roster_server(ROWS, answers=[(400, {}, b"")] * 9) as broken:
        settings = with_settings(roster_source="http", roster_url=server.url, roster_key=ROSTER_KEY)
        of_broken = with_settings(roster_source="http", roster_url=broken.url, roster_key=ROSTER_KEY)

        trial = RosterSourceTrial(open=lambda: open_source(settings), rows=ROWS, broken=lambda: open_source(of_broken))

        assert list_roster_source_faults(trial) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_roster_of_a_file(tmp_path: Path, kind: str) -> None:
    table = [list(ROWS[0]), *[list(row.values()) for row in ROWS]]
    file, broken = tmp_path / f"roster.{kind}", tmp_path / f"broken.{kind}"
    if kind == "csv":
        whole = "\r\n".join(map(",".join, table)).encode()
        broken.write_bytes(whole + b"\r\n01,5106001990030700\xff")
    else:
        whole = workbook(sheet=sheet(*[row(number, cells) for number, cells in enumerate(table, 1)]))
        broken.write_bytes(whole[: len(whole) // 2])
    file.write_bytes(whole)

    trial = RosterSourceTrial(
        open=lambda: open_source(with_settings(), str(file)),
        rows=ROWS,
        broken=lambda: open_source(with_settings(), str(broken)),
    )

    assert list_roster_source_faults(trial) == []


def work_until_nothing_is_due() -> None:
    while jobs.run_next():
        pass


def test_whoever_takes_one_job_after_another(app: Flask) -> None:
    assert list_job_runner_faults(JobRunnerTrial(app=app, run_due=work_until_nothing_is_due)) == []


def test_the_sweep_that_takes_jobs_where_nobody_else_does(app: Flask) -> None:
    assert list_job_runner_faults(JobRunnerTrial(app=app, run_due=jobs.sweep)) == []

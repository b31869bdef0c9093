import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.config import Mode
from app.core import clock, installation
from app.core.database.emptying import database_name
from app.core.settings import settings
from app.demo.people import demo_people
from app.institutions.business_types import BUSINESS_TYPES
from app.roster.identity import parse_cert
from app.roster.queries import find_person
from tests.kit.client import Browser
from tests.scanning.desk import Desk

pytestmark = pytest.mark.one_database


@pytest.fixture
def started(app: Flask) -> dict[str, Any]:
    ended = app.test_cli_runner().invoke(args=["demo", "start"])
    assert ended.exit_code == 0, ended.output
    return _demo_file()


def _demo_file() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((settings.instance_path / "demo.json").read_text())
    return content


def test_demo_json_holds_all_a_tester_needs(started: dict[str, Any]) -> None:
    citizens = {c["key"]: c for c in started["citizens"]}

    assert started["base_url"] == "http://127.0.0.1:8000"
    assert len(citizens) >= 12
    assert sum(not c["activated"] for c in citizens.values()) >= 6
    assert {"worker", "retiree", "child", "teen16", "foreigner", "rare_name", "suspended"} <= set(citizens)
    for key in ("worker", "retiree", "rare_name"):
        assert not citizens[key]["activated"]
        assert citizens[key]["cert_type"] == "01"
        assert re.fullmatch(r"1[3-9]\d{9}", citizens[key]["phone"])
    phones = [c["phone"] for c in citizens.values() if c["phone"]]
    assert len(phones) == len(set(phones))
    for citizen in citizens.values():
        assert citizen["cert_type"] != "01" or citizen["cert_no"].startswith("510600")
        assert (citizen["pin"] is not None) is citizen["activated"]
        assert re.fullmatch(r"\d{6}", citizen["insured_region"])
    for institution in started["institutions"]:
        assert re.fullmatch(r"pz_\d+_[A-Za-z0-9]+", institution["key"])
        assert set(institution["business_types"]) <= set(BUSINESS_TYPES)
    assert any(i["sandbox"] for i in started["institutions"])
    assert {c["cert_no"] for c in started["counter_codes"]} >= {citizens[k]["cert_no"] for k in ("worker", "retiree", "rare_name")}


def test_operators_of_the_demo_can_sit_down_at_their_desks(app: Flask, started: dict[str, Any]) -> None:
    known = {i["fixmedins_code"] for i in started["institutions"]}

    for operator in started["operators"]:
        browser = Browser(app)
        browser.get("/desk/sign-in")
        page = browser.post("/desk/sign-in", {"username": operator["username"], "password": operator["password"]})
        assert operator["fixmedins_code"] in known and "扫医保码" in page.text


def test_the_file_is_for_its_owner_alone(started: dict[str, Any]) -> None:
    assert (settings.instance_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_starting_again_keeps_everything(app: Flask, started: dict[str, Any]) -> None:
    ended = app.test_cli_runner().invoke(args=["demo", "start"])

    assert ended.exit_code == 0
    assert _demo_file() == started


def test_a_lost_file_is_written_anew_with_other_secrets(app: Flask, started: dict[str, Any]) -> None:
    (settings.instance_path / "demo.json").unlink()

    ended = app.test_cli_runner().invoke(args=["demo", "start"])

    again = _demo_file()
    assert ended.exit_code == 0, ended.output
    assert again["citizens"] == started["citizens"]
    assert again["institutions"][0]["key"] != started["institutions"][0]["key"]


def test_reset_empties_and_loads_again(app: Flask, started: dict[str, Any]) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["demo", "load"]).exit_code == 1

    ended = runner.invoke(args=["demo", "load", "--reset", "--yes-empty", database_name()])

    assert ended.exit_code == 0, ended.output
    assert [c["key"] for c in _demo_file()["citizens"]] == [c["key"] for c in started["citizens"]]
    assert _demo_file()["base_url"] == started["base_url"]


def test_an_integrator_may_try_the_challenge_at_the_sandbox(app: Flask, started: dict[str, Any]) -> None:
    known = next(i for i in started["institutions"] if i["sandbox"])
    sandbox = Desk(app, known["key"], known["fixmedins_code"])

    answer = sandbox.scan(sandbox.sandbox_code(specimen="challenged").json["ecQrCode"])

    assert answer.json["reason"] == "challenge_required"
    assert re.fullmatch(r"\d{2}", answer.json["challenge"])


def test_a_real_bureaus_database_takes_no_demo(app: Flask) -> None:
    installation.set_kind(Mode.production)

    for arguments in (["demo", "start"], ["demo", "load"], ["demo", "load", "--reset"]):
        ended = app.test_cli_runner().invoke(args=arguments)

        assert ended.exit_code == 1
        assert "real bureau" in ended.output or "production" in ended.output
    assert not Path(settings.instance_path / "demo.json").exists()


def test_every_number_in_the_demo_is_a_valid_one(started: dict[str, Any]) -> None:
    for person in demo_people(clock.today()):
        assert find_person(person.cert_type, parse_cert(person.cert_type, person.cert_no).number) is not None, person.key

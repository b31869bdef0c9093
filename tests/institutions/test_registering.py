from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.background import tasks
from app.core.db import db
from app.core.errors import DomainError
from app.institutions.models import ApiKey, Institution, InstitutionKind
from app.institutions.service import add_institution, issue_key
from app.scanning.models import Challenge, EcToken, HelpEvent, StoredAnswer, WrongTyped
from tests.kit.at_once import at_once
from tests.scanning.desk import Desk, Telephone, change_settings, make_desk

HOSPITAL = ["institutions", "add", "H51060000007", "示范医院", "--region", "510603", "--business-types", "01101,01301"]


def test_an_operator_registers_and_runs_an_institution(app: Flask, telephone: Telephone) -> None:
    flask = app.test_cli_runner()

    assert flask.invoke(args=HOSPITAL).exit_code == 0
    key = flask.invoke(args=["institutions", "issue-key", "H51060000007"]).output.strip()
    desk = Desk(app, key, "H51060000007")
    assert desk.scan(telephone.draw(5)).json["code"] == 0
    assert flask.invoke(args=["institutions", "disable", "H51060000007"]).exit_code == 0
    assert desk.scan(telephone.draw(4)).status_code == 403
    assert flask.invoke(args=["institutions", "enable", "H51060000007"]).exit_code == 0
    assert desk.scan(telephone.draw(3)).json["code"] == 0
    listed = flask.invoke(args=["institutions", "list"]).output
    assert "H51060000007" in listed and "示范医院" in listed and key not in listed
    assert flask.invoke(args=["institutions", "revoke-key", "H51060000007", key.split("_")[1]]).exit_code == 0
    assert desk.scan(telephone.draw(2)).status_code == 401


def test_a_mistake_ends_with_a_sentence(subtests: pytest.Subtests, app: Flask) -> None:
    for arguments in (
        [*HOSPITAL[:2], "X51060000007", *HOSPITAL[3:]],
        [*HOSPITAL[:2], "H5106000000", *HOSPITAL[3:]],
        [*HOSPITAL[:2], "H５１０６００００００７", *HOSPITAL[3:]],
        [*HOSPITAL[:-1], "01101,77777"],
        [*HOSPITAL[:-1], "01101,09901"],
        [*HOSPITAL[:5], "5106", *HOSPITAL[6:]],
        ["institutions", "issue-key", "H00000000000"],
        ["institutions", "disable", "H00000000000"],
        ["institutions", "revoke-key", "H00000000000", "1"],
    ):
        with subtests.test(arguments=arguments):
            result = app.test_cli_runner().invoke(args=arguments)

            assert result.exit_code == 1
            assert "Error: " in result.output and "Traceback" not in result.output


def test_a_code_is_registered_once(app: Flask) -> None:
    flask = app.test_cli_runner()
    flask.invoke(args=HOSPITAL)

    assert flask.invoke(args=HOSPITAL).exit_code == 1
    assert db.session.scalar(select(func.count()).select_from(Institution)) == 1


def test_the_counter_of_the_bureau_is_an_institution(app: Flask, telephone: Telephone) -> None:
    desk = make_desk(app, "H51060000009", scenes=["09901"])

    assert db.session.scalars(select(Institution.kind)).one() is InstitutionKind.bureau_counter
    assert desk.scan(telephone.draw(), businessType="09901").json["code"] == 0


def test_a_key_is_kept_as_a_hash_and_a_third_is_refused(app: Flask) -> None:
    add_institution("P51060000001", "药店", region_code="510603", business_types=["02121"])
    keys = [issue_key("P51060000001"), issue_key("P51060000001")]

    with pytest.raises(DomainError) as refused:
        issue_key("P51060000001")

    assert refused.value.code == "two_keys"
    stored = b"".join(db.session.scalars(select(ApiKey.secret_hash)))
    assert all(key.split("_")[2].encode() not in stored for key in keys)


def test_of_parallel_issues_two_keys_come_out(app: Flask) -> None:
    add_institution("P51060000001", "药店", region_code="510603", business_types=["02121"])

    answers = at_once(app, [lambda: issue_key("P51060000001")] * 6)

    assert sum(isinstance(answer, DomainError) for answer in answers) == 4


def test_small_tables_forget_in_time(app: Flask, telephone: Telephone) -> None:
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)
    desk = make_desk(app, supports_challenge=True)
    desk.scan("900000000001")
    desk.scan(telephone.draw(3))
    desk.scan(telephone.draw(2), businessType="01101")
    small = (StoredAnswer, EcToken, Challenge, HelpEvent, WrongTyped)
    assert all(db.session.scalar(select(func.count()).select_from(table)) for table in small)

    def run_jobs() -> None:
        db.session.rollback()
        for task in tasks(app):
            if task.name.startswith("drop_"):
                task.run()

    run_jobs()
    assert all(db.session.scalar(select(func.count()).select_from(table)) for table in small)
    clock.move(timedelta(days=30, minutes=1))
    run_jobs()

    assert not any(db.session.scalar(select(func.count()).select_from(table)) for table in small)

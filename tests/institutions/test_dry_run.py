from datetime import timedelta

from flask import Flask

from app.core import clock
from app.credentials.denial_queries import list_uses
from app.credentials.service import deny_use
from app.institutions.policy import RiskRules
from app.institutions.service import dry_run_risk
from tests.institutions.desk import Desk, Telephone, change_settings, make_desk, make_telephone


def _later(**how: int) -> None:
    clock.move(timedelta(**how))


def _story(app: Flask) -> Telephone:
    """A new phone: the hospital, an hour later a pharmacy that can ask, next day the hospital again; then the thief's pharmacy."""
    hospital = make_desk(app)
    pharmacy = make_desk(app, "P51060000001", scenes=["02121"], supports_challenge=True)
    far = make_desk(app, "P61010000001", scenes=["02121"], region="610100")
    telephone = make_telephone()
    _later(hours=1)
    assert hospital.scan(telephone.draw()).json["code"] == 0
    _later(hours=1)
    assert pharmacy.scan(telephone.draw(), businessType="02121").json["code"] == 0
    _later(days=1)
    assert hospital.scan(telephone.draw()).json["code"] == 0
    _later(minutes=5)
    assert hospital.scan(telephone.draw(), businessType="01101").json["code"] == 0
    _later(minutes=5)
    assert far.scan(telephone.draw(), businessType="02121").json["code"] == 0
    use = list_uses(telephone.holder.credential.id)[0].use
    deny_use(telephone.holder.credential, use, account_id=telephone.holder.account.id)
    return telephone


def test_a_dry_run_counts_whom_the_rules_would_have_asked(app: Flask) -> None:
    _story(app)

    found = dry_run_risk(30)

    assert (found.scans, found.paying) == (5, 4)
    assert found.by_rule == {"first_use": 3, "new_device": 2, "other_city": 1}
    assert found.by_pair == {"first_use+new_device": 2, "first_use+other_city": 1}
    assert (found.hit, found.asked) == (3, 1), "only one of the three desks can ask"
    assert (found.denied, found.denied_hit, found.denied_asked) == (1, 1, 0)


def test_a_dry_run_agrees_with_what_the_rules_do(app: Flask) -> None:
    """The same story with the rules on: the desk is asked just where the dry run said."""
    rules = RiskRules(first_use=True, new_device_hours=24)
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)
    desk = make_desk(app, supports_challenge=True)
    telephone = make_telephone()
    answers = []
    for hours in (1, 1, 30):
        _later(hours=hours)
        answer = desk.scan(telephone.draw(1)).json
        answers.append(answer["code"])
        if answer["code"] == 1014:
            assert desk.scan(telephone.draw(0, answer["challenge"])).json["code"] == 0

    found = dry_run_risk(3, rules)

    assert answers == [1014, 0, 0]
    assert (found.scans, found.asked) == (3, 1)


def test_the_walk_ends_after_the_days_asked_for(app: Flask, desk: Desk, telephone: Telephone) -> None:
    for _ in range(4):
        _later(days=2)
        assert desk.scan(telephone.draw()).json["code"] == 0
    days: list[int] = []

    found = dry_run_risk(5, on_days=days.append)

    assert found.scans == 3
    assert sum(days) == 5


def test_the_command_prints_the_counts(app: Flask) -> None:
    _story(app)

    printed = app.test_cli_runner().invoke(args=["institutions", "risk-dry-run", "--days", "30"])

    assert printed.exit_code == 0, printed.output
    assert "5 accepted scans in 30 days, 4 of them paying" in printed.output
    assert "3 (75.00 % of the paying) would have been asked for, 1 at desks that can ask" in printed.output
    assert "first_use+other_city: 1 scans" in printed.output
    assert "1 were reported as not the holder's" in printed.output

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from app.core import clock
from app.core.db import db, transaction
from app.core.ids import new_id
from app.credentials.models import Presentation, UseDenial
from app.credentials.queries.denials import list_uses
from app.credentials.service import deny_use
from app.institutions.business_types import PAYING
from app.institutions.models import Institution
from app.institutions.service import add_institution
from app.scanning.models import Scan
from app.scanning.policy import PastScan, RiskContext, RiskRules, list_hits
from app.scanning.service import dry_run_risk
from tests.scanning.desk import Desk, Telephone, change_settings, make_desk, make_telephone


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

    printed = app.test_cli_runner().invoke(args=["scanning", "risk-dry-run", "--days", "30"])

    assert printed.exit_code == 0, printed.output
    assert "5 accepted scans in 30 days, 4 of them paying" in printed.output
    assert "3 (75.00 % of the paying) would have been asked for, 1 at desks that can ask" in printed.output
    assert "first_use+other_city: 1 scans" in printed.output
    assert "1 were reported as not the holder's" in printed.output


def test_the_database_counts_what_the_rules_would_have_said(app: Flask) -> None:
    """Many scans at whole minutes, where the edges are, against the rules of the scan itself, one scan at a time."""
    rng = Random(7)
    institutions = _make_places()
    scans = _scatter(rng, institutions)
    for rules in (
        RiskRules(first_use=True, other_city_minutes=30, pharmacies_a_day=2, new_device_hours=24, min_rules=2),
        RiskRules(other_city_minutes=3000, pharmacies_a_day=1, min_rules=1),
        RiskRules(first_use=True, new_device_hours=1, min_rules=1),
        RiskRules(min_rules=1),
    ):
        found, expected = dry_run_risk(12, rules), _reckon(scans, institutions, rules)

        for name, value in expected.items():
            assert getattr(found, name) == value, (rules, name)
        assert sum(day.hit for day in found.by_day.values()) == found.hit
        assert sum(kind.bothered for kind in found.by_kind.values()) == found.hit - found.denied_hit
        assert len(found.by_day) == 12


def _make_places() -> dict[int, Institution]:
    codes = [
        ("H51060000011", "510603", True),
        ("H61010000011", "610102", False),
        *((f"P5106000002{n}", "510681", n % 2 == 0) for n in range(4)),
    ]
    made = [
        add_institution(code, "示范机构", region_code=region, business_types=["01301", "02121"], supports_challenge=asks)
        for code, region, asks in codes
    ]
    sandbox = add_institution("H51060000099", "沙箱", region_code="510603", business_types=["01301"], is_sandbox=True)
    return {one.id: one for one in [*made, sandbox]}


def _scatter(rng: Random, places: dict[int, Institution]) -> list[dict[str, Any]]:
    """Three hundred scans of four people within ten days, in the order of their moments, some denied."""
    telephones = [make_telephone(stem=f"5106001990030700{n}") for n in range(1, 5)]
    last = clock.now().replace(second=0)
    moments = sorted(last - timedelta(minutes=rng.randrange(10 * 24 * 6) * 10) for _ in range(300))
    scans: list[dict[str, Any]] = []
    for moment in moments:
        telephone = rng.choice(telephones)
        scans.append(
            {
                "id": new_id(),
                "created_at": moment,
                "institution_id": rng.choice(list(places)),
                "credential_id": telephone.holder.credential.id,
                "handle": telephone.handle if rng.random() < 0.9 else "0" * 20,
                "business_type": rng.choice(["01301", "02121", "01101"]),
                "outcome": 0 if rng.random() < 0.9 else 1006,
                "issued_at": 0,
                "operator_id": "",
                "operator_name": "",
                "office_id": "",
                "out_biz_no": "",
                "shown_by": "self",
            }
        )
    for telephone in telephones:
        first = next(s["created_at"] for s in scans if s["credential_id"] == telephone.holder.credential.id)
        telephone.change(created_at=first - timedelta(minutes=rng.choice([0, 30, 600])))
    with transaction():
        db.session.execute(insert(Scan), scans)
        for scan in rng.sample(scans, 40):
            db.session.add(
                UseDenial(
                    credential_id=scan["credential_id"],
                    scan_id=scan["id"],
                    place="",
                    used_at=scan["created_at"],
                    denied_at=clock.now(),
                    denied_by="account:1",
                )
            )
    return scans


def _reckon(scans: list[dict[str, Any]], places: dict[int, Institution], rules: RiskRules) -> dict[str, Any]:
    """Plain Python, scan by scan, by the same function a real scan asks."""
    denied = set(db.session.scalars(select(UseDenial.scan_id)))
    shown_since = dict(iter(db.session.execute(select(Presentation.handle, Presentation.created_at))))
    good = [s for s in scans if s["outcome"] == 0]
    found: dict[str, Any] = {"scans": 0, "paying": 0, "hit": 0, "asked": 0, "denied": 0, "denied_hit": 0, "denied_asked": 0}
    by_rule: Counter[str] = Counter()
    for scan in good:
        place = places[scan["institution_id"]]
        if place.is_sandbox:
            continue
        is_denied = scan["id"] in denied
        found["scans"] += 1
        found["denied"] += is_denied
        if scan["business_type"] not in PAYING:
            continue
        found["paying"] += 1
        earlier = [s for s in good if s["credential_id"] == scan["credential_id"] and s["created_at"] < scan["created_at"]]
        hits = list_hits(
            RiskContext(
                at=scan["created_at"],
                shown_since=shown_since.get(scan["handle"], scan["created_at"] - timedelta(days=3650)),
                institution_id=place.id,
                kind=place.kind,
                region_code=place.region_code,
                used_here_before=any(s["institution_id"] == place.id for s in earlier),
                past=[
                    PastScan(s["created_at"], s["institution_id"], at.kind, at.region_code)
                    for s in earlier
                    if s["created_at"] > scan["created_at"] - timedelta(days=1)
                    for at in [places[s["institution_id"]]]
                ],
            ),
            rules,
        )
        by_rule.update(hits)
        if len(hits) >= rules.min_rules:
            found["hit"] += 1
            found["asked"] += place.supports_challenge
            found["denied_hit"] += is_denied
            found["denied_asked"] += is_denied and place.supports_challenge
    return {**found, "by_rule": by_rule}

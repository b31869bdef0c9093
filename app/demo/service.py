"""Fills an empty database with the demo bureau and writes what a tester needs into demo.json."""

import json
import os
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.service import create_account, give_account_to_person, load_notices
from app.config import Mode
from app.core import clock, installation
from app.core.db import db, transaction
from app.core.private_files import private
from app.core.settings import settings
from app.credentials.service import activate_credential, hash_display_pin, set_display_pin
from app.demo.people import DemoPerson, demo_people
from app.demo.staff import operator_entries, staff_entries
from app.help.service import load_help_texts
from app.institutions.business_types import BUSINESS_TYPES, COUNTER
from app.institutions.models import Institution
from app.institutions.service import add_institution, issue_key, revoke_keys
from app.proofs.service import issue_counter_code
from app.regions.service import load_regions
from app.reviews.service import load_holidays
from app.roster.identity import parse_cert
from app.roster.models import InsuredPerson, InsuredStatus
from app.roster.queries import find_person
from app.roster.service import save_person
from app.scanning.service import ensure_specimens

ALL_SCENES = [code for code in BUSINESS_TYPES if code != COUNTER]  # the field's

INSTITUTIONS: list[dict[str, Any]] = [
    {"code": "H51060000001", "name": "示范市人民医院", "region": "510603", "scenes": ALL_SCENES, "supports_challenge": True},
    {"code": "H51060000002", "name": "示范市中医医院", "region": "510604", "scenes": ["01101", "01301", "01302"]},
    {
        "code": "P51060000001",
        "name": "示范大药房人民路店",
        "region": "510603",
        "scenes": ["02121", "02122"],
        "supports_challenge": True,
    },
    {"code": "P51060000002", "name": "示范大药房广汉店", "region": "510681", "scenes": ["02121"]},
    {"code": "H51060000009", "name": "示范市医疗保障局服务窗口", "region": "510699", "scenes": [COUNTER]},
    {
        "code": "H51060099999",
        "name": "联调沙箱",
        "region": "510699",
        "scenes": list(BUSINESS_TYPES),
        "is_sandbox": True,
        "supports_challenge": True,
    },
]
COUNTER_CODES_FOR = (
    "worker",
    "retiree",
    "rare_name",
    "student",
    "middle_dot",
    "leap_day",
    "active_mother",
    "active_elder",
    "father76",
)


def demo_file() -> Path:
    return settings.instance_path / "demo.json"


def load_demo() -> dict[str, Any]:
    """Loads the whole demo bureau into an empty database and returns what demo.json says. Raises RuntimeError on a real one."""
    load_regions()
    load_notices()
    load_help_texts()
    load_holidays()
    ensure_specimens()
    people = demo_people(clock.today())
    pins = {p.key: hash_display_pin(p.pin) for p in people if p.pin}
    with transaction():
        persons = {p.key: _save_person(p) for p in people}
        for person in people:
            if person.pin:
                _activate(person, persons[person.key], pins[person.key])
        installation.set_kind(Mode.demo)
    return {
        "base_url": "",
        "citizens": [_citizen_entry(p) for p in people],
        "institutions": _institution_entries(),
        "counter_codes": _counter_codes(people),
        "staff": staff_entries(),
        "operators": operator_entries(),
    }


def write_demo_file(content: dict[str, Any]) -> None:
    """Replaces demo.json in one step, mode 0600: it holds keys, even if only the demo's."""
    draft = demo_file().with_suffix(".new")
    with open(draft, "w", opener=private) as f:
        json.dump(content, f, ensure_ascii=False, indent=1)
    os.replace(draft, demo_file())


def read_demo_file() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(demo_file().read_text())
    return content


def reissue_demo_secrets() -> dict[str, Any]:
    """For a lost demo.json: its keys and counter codes cannot be read back, so new ones are made."""
    people = demo_people(clock.today())
    known = {p.key for p in people if find_person(p.cert_type, p.cert_no)}
    return {
        "base_url": "",
        "citizens": [_citizen_entry(p) for p in people if p.key in known],
        "institutions": _institution_entries(),
        "counter_codes": _counter_codes([p for p in people if p.key in known]),
        "staff": staff_entries(),
        "operators": operator_entries(),
    }


def _save_person(person: DemoPerson) -> InsuredPerson:
    return save_person(
        cert=parse_cert(person.cert_type, person.cert_no),
        name=person.name,
        insured_region=person.insured_region,
        insutype=person.insutype,
        psn_type=person.psn_type,
        status=InsuredStatus(person.status),
        birthday=person.birthday,
        gender=person.gender or None,
        nationality=person.nationality,
    )


def _activate(person: DemoPerson, insured: InsuredPerson, pin_hash: str) -> None:
    account: Account = create_account(person.phone)
    give_account_to_person(account, insured)
    activate_credential(insured.id, by="system")
    set_display_pin(account.id, pin_hash)


def _citizen_entry(person: DemoPerson) -> dict[str, Any]:
    return {
        "key": person.key,
        "name": person.name,
        "cert_type": person.cert_type,
        "cert_no": person.cert_no,
        "phone": person.phone,
        "insured_region": person.insured_region,
        "insutype": person.insutype,
        "activated": bool(person.pin),
        "pin": person.pin or None,
    }


def _institution_entries() -> list[dict[str, Any]]:
    entries = []
    for wanted in INSTITUTIONS:
        institution = db.session.scalar(select(Institution).where(Institution.fixmedins_code == wanted["code"]))
        if institution is None:
            institution = add_institution(
                wanted["code"],
                wanted["name"],
                region_code=wanted["region"],
                business_types=wanted["scenes"],
                is_sandbox=wanted.get("is_sandbox", False),
                supports_challenge=wanted.get("supports_challenge", False),
            )
        else:
            revoke_keys(wanted["code"])
        entries.append(
            {
                "fixmedins_code": wanted["code"],
                "name": wanted["name"],
                "key": issue_key(wanted["code"]),
                "business_types": wanted["scenes"],
                "sandbox": wanted.get("is_sandbox", False),
            }
        )
    return entries


def _counter_codes(people: list[DemoPerson]) -> list[dict[str, str]]:
    found = [(p, find_person(p.cert_type, p.cert_no)) for p in people if p.key in COUNTER_CODES_FOR]
    return [{"cert_no": p.cert_no, "code": issue_counter_code(insured, "system")} for p, insured in found if insured is not None]

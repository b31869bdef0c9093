"""Some days of a bureau's life as plain rows, and how many of what they hold, added up without any query."""

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import insert

from app.core.audit.models import AuditRow
from app.core.clock import CHINA
from app.core.db import db, transaction
from app.core.ids import first_id_at
from app.figures.models import Figure
from app.institutions.models import Institution, InstitutionKind
from app.roster.models import InsuredPerson
from app.scanning.models import Scan
from app.scanning.reasons import BY_NAME

REGIONS = ("510603", "510604", "610104")
ACTS = {
    "credential:ended": (Figure.ended, ""),
    "credential:frozen": (Figure.frozen, ""),
    "credential:use_denied": (Figure.denied, ""),
    "family_link:made": (Figure.link_made, ""),
    "hotline:call_opened": (Figure.call, "call_opened"),
}
STEPS = {"activation:person_found": "found", "activation:consented": "consented", "activation:completed": "completed"}
_numbers = count(1)


class City:
    """Persons 1..9 in three regions (the last is a specimen), institutions 1..3 (the last is a sandbox)."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.expected: Counter[tuple[object, ...]] = Counter()  # (day, figure, region, key)
        self._seen: set[tuple[object, ...]] = set()
        with transaction():
            for number in range(9):
                db.session.add(_person(number))
            for number, region in enumerate(REGIONS):
                db.session.add(_institution(number, region))
            db.session.flush()
            self.persons = [
                (p.id, p.insured_region, p.is_specimen) for p in db.session.query(InsuredPerson).order_by(InsuredPerson.id)
            ]
            self.places = [(i.id, i.region_code, i.is_sandbox) for i in db.session.query(Institution).order_by(Institution.id)]

    def act(self, tag: str, moment: datetime, *, outcome: str = "ok", person: int | None = 0, detail: str = "") -> None:
        """An act about the person of this index, written as of this moment."""
        who = self.persons[person] if person is not None else None
        _log(tag, moment, outcome=outcome, person_id=who[0] if who else None, detail=detail)
        if who and who[2]:
            return
        region, day = who[1] if who else "", moment.astimezone(CHINA).date()
        if tag in STEPS:
            if (day, tag, person) not in self._seen:
                self._seen.add((day, tag, person))
                self.expected[day, Figure.step, region, STEPS[tag]] += 1
        elif tag == "credential:activated":
            self.expected[day, Figure.activated, region, "held" if "held" in detail else "own"] += 1
        elif tag == "activation:expired":
            self.expected[day, Figure.gave_up, region, outcome] += 1
        elif tag in ACTS:
            figure, key = ACTS[tag]
            self.expected[day, figure, region, key] += 1

    def scan(self, moment: datetime, place: int, reason: str = "ok", *, scene: str = "01301") -> None:
        """An attempt at the institution of this index; a code that nobody knows leaves no row in the scans."""
        number, region, is_sandbox = self.places[place]
        if reason != "code_malformed":
            _scan(moment, number, 0 if reason == "ok" else BY_NAME[reason].code, scene)
        _log("scan:attempted", moment, outcome=reason, actor=f"institution:{number}")
        if is_sandbox:
            return
        day = moment.astimezone(CHINA).date()
        if reason == "ok":
            self.expected[day, Figure.scan, region, str(number)] += 1
            self.expected[day, Figure.scene, region, scene] += 1
        else:
            self.expected[day, Figure.refusal, region, str(BY_NAME[reason].code)] += 1
            if reason != "challenge_required":
                self.expected[day, Figure.scan_refused, region, str(number)] += 1

    def live(self, since: datetime, until: datetime, events: int) -> None:
        """That many things happen at random moments, some within the second around a midnight in China."""
        for _ in range(events):
            moment = since + (until - since) * self.chance.random()
            if self.chance.random() < 0.2:
                here = moment.astimezone(CHINA)
                midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
                moment = max(since, midnight + timedelta(microseconds=self.chance.choice((-1, 0, 1))))
            if self.chance.random() < 0.5:
                reasons = ("ok", "ok", "code_used", "challenge_required", "code_malformed", "credential_frozen")
                self.scan(
                    moment, self.chance.randrange(3), self.chance.choice(reasons), scene=self.chance.choice(("01301", "02121"))
                )
            else:
                tag = self.chance.choice([*ACTS, *STEPS, "credential:activated", "activation:expired", "account:signed_in"])
                held = self.chance.choice(("", '{"kind": "held"}', '{"kind": "own"}'))
                outcome = self.chance.choice(("consent", "proof")) if tag == "activation:expired" else "ok"
                person = self.chance.randrange(9)
                self.act(tag, moment, outcome=outcome, person=person, detail=held if tag == "credential:activated" else "")


def _log(tag: str, moment: datetime, **values: object) -> None:
    row = {"actor": "system", "outcome": "ok", "subject": "", "person_id": None, "place": "", "detail": "", "row_mac": bytes(32)}
    with transaction():
        number = first_id_at(moment.timestamp()) + next(_numbers)
        db.session.execute(insert(AuditRow), {**row, **values, "id": number, "created_at": moment, "tag": tag})


def _scan(moment: datetime, institution_id: int, outcome: int, scene: str) -> None:
    texts = dict.fromkeys(("handle", "operator_id", "operator_name", "office_id", "out_biz_no", "shown_by"), "")
    with transaction():
        row = {"id": first_id_at(moment.timestamp()) + next(_numbers), "created_at": moment, "institution_id": institution_id}
        more = {"credential_id": None, "business_type": scene, "outcome": outcome, "issued_at": 0}
        db.session.execute(insert(Scan), {**texts, **row, **more})


def _person(number: int) -> InsuredPerson:
    now = datetime(2026, 1, 1, tzinfo=CHINA)
    return InsuredPerson(
        cert_type="01",
        cert_no_hash=bytes([number]) * 32,
        cert_no_encrypted=b"",
        name="某",
        gender="9",
        birthday=None,
        nationality="01",
        insured_region=REGIONS[number % 3],
        insutype="310",
        created_at=now,
        updated_at=now,
        is_specimen=number == 8,
    )


def _institution(number: int, region: str) -> Institution:
    return Institution(
        fixmedins_code=f"H5106000000{number}",
        name=f"第{number + 1}医院",
        kind=InstitutionKind.hospital,
        region_code=region,
        business_types="01301",
        created_at=datetime(2026, 1, 1, tzinfo=CHINA),
        updated_at=datetime(2026, 1, 1, tzinfo=CHINA),
        is_sandbox=number == 2,
    )

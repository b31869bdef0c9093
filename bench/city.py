"""A whole city in a database: citizens, credentials, families, scans, the audit log and cases, made inside the database.

Numbers stay in proportion: `City(citizens=1_000_000, scans=5_000_000, cases=100_000)` and a hundredth of it differ in nothing else,
so what a page costs in both can be compared. Scans lie in the last thirty days, in the order of their ids, as they would have come.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from app.core import clock
from app.core.db import db, schema_changes
from app.figures.service import count_days
from bench.filling import Filler

REGIONS = ("510603", "510604", "510681", "510682", "510683", "510623", "510699")
SURNAMES = "张王李赵陈刘杨黄周吴徐孙马朱胡郭何林罗高"
NAMESAKES = 4  # people of one name, in a village as in a city: a search by name costs what its namesakes cost
SCENES = ("01101", "01301", "01302", "02121")
OUTCOMES = (0, 0, 0, 0, 0, 0, 0, 1006, 1004, 1008)
INSTITUTIONS = 60
DAYS = 30
LINKS = 400  # so many fill each day and region: with fewer a figure has no row there, and fewer rows are read
MONTH = DAYS * 86_400  # seconds


@dataclass(frozen=True)
class City:
    citizens: int
    scans: int
    cases: int

    def of(self, part: int) -> "City":
        """The same city, that many times smaller."""
        return City(self.citizens // part, self.scans // part, self.cases // part)


def fill_city(city: City) -> None:
    """Into a migrated database that holds regions and members of staff and, else, little. Needs an app context."""
    with schema_changes(), db.engine.begin() as connection:
        fill = Filler(connection)
        _people(fill, city)
        _institutions(fill)
        _scans(fill, city)
        _cases(fill, city)
    today = clock.today()
    count_days(today - timedelta(days=DAYS), today)
    db.session.remove()


def _people(fill: Filler, city: City) -> None:
    """Half the citizens show their own code, a tenth is shown by a relative, the rest has none."""
    group = f"(i / {NAMESAKES * len(SURNAMES)})"
    year_ago = fill.moment("31536000")
    persons = fill.insert(
        "insured_person",
        city.citizens,
        {
            "cert_type": "'01'",
            "cert_no_hash": fill.random_bytes("cert"),
            "cert_no_encrypted": fill.no_bytes(47),
            "name": f"{fill.one_of(SURNAMES)} || {fill.character(group + ' % 5000')} || {fill.character(group + ' / 5000')}",
            "gender": "'1'",
            "birthday": "CAST(NULL AS date)",
            "nationality": "'01'",
            "insured_region": fill.one_of(REGIONS),
            "insutype": "'310'",
            "psn_no": "''",
            "psn_type": "'1101'",
            "status": "'1'",
            "is_specimen": fill.no,
            "created_at": year_ago,
            "updated_at": year_ago,
        },
    )
    own, held = city.citizens // 2, max(city.citizens // 10, LINKS)
    accounts = fill.insert(
        "account",
        own,
        {
            "phone_hash": fill.random_bytes("phone"),
            "phone_encrypted": fill.no_bytes(40),
            "created_at": year_ago,
            "person_id": f"{persons} + i",
        },
    )
    devices = fill.insert(
        "device",
        own,
        {
            "account_id": f"{accounts} + i",
            "browser_hash": fill.random_bytes("browser"),
            "name": "'手机'",
            "created_at": year_ago,
            "last_seen_at": year_ago,
            "bound_at": year_ago,
        },
    )
    credentials = fill.insert(
        "credential",
        own + held,
        {
            "person_id": f"{persons} + i",
            "kind": f"CASE WHEN i <= {own} THEN 'own' ELSE 'held' END",
            "activated_at": fill.moment(f"(i * 7919) % {MONTH * 12}"),
            "status": "CASE WHEN i % 500 = 0 THEN 'frozen' ELSE 'active' END",
            "frozen_at": f"CASE WHEN i % 500 = 0 THEN {fill.moment(f'(i * 104729) % {MONTH}')} END",
        },
    )
    fill.insert(
        "presentation",
        own,
        {
            "handle": fill.digits(f"({credentials} + i) * 9000000007", 20),
            "credential_id": f"{credentials} + i",
            "device_id": f"{devices} + i",
            "master_id": "'bench'",
            "created_at": fill.moment(f"(i * 7919) % {MONTH}"),
            "seen_at": fill.moment("3600"),
            "shown_by": "'self'",
            "last_used": "0",
            "uses_since_seen": "0",
            "challenge_until": "0",
            "challenge_misses": "0",
        },
    )
    fill.insert(
        "family_link",
        held,
        {
            "holder_account_id": f"{accounts} + i",
            "member_person_id": f"{persons} + {own} + i",
            "relation": "'father'",
            "way": "'face'",
            "slot": "1",
            "began_at": fill.moment(f"(i * 104729) % {MONTH}"),
            "state": "'active'",
        },
    )
    fill.insert(
        "message",
        own,
        {"account_id": f"{accounts} + i", "title": "'量度'", "body": "'量度'", "created_at": fill.moment(f"(i * 7919) % {MONTH}")},
    )


def _institutions(fill: Filler) -> None:
    fill.insert(
        "institution",
        INSTITUTIONS,
        {
            "fixmedins_code": f"{fill.one_of('HP')} || '510603' || {fill.digits('i', 5)}",
            "name": "'量度机构' || i",
            "kind": fill.one_of("HP"),
            "region_code": fill.one_of(REGIONS),
            "business_types": f"'{','.join(SCENES)}'",
            "created_at": fill.moment("31536000"),
            "updated_at": fill.moment("31536000"),
            "is_enabled": "1" if fill.is_sqlite else "true",
            "is_sandbox": fill.no,
            "supports_challenge": fill.no,
        },
    )


def _scans(fill: Filler, city: City) -> None:
    """Every attempt with its audit row, and for each citizen three more acts of other kinds."""
    ago = f"({city.scans} - i) * {MONTH} / {city.scans}"
    living = max(1, city.citizens * 6 // 10)
    fill.insert(
        "scan",
        city.scans,
        {
            "id": fill.timed_id(ago),
            "created_at": fill.moment(ago),
            "institution_id": f"1 + i % {INSTITUTIONS}",
            "credential_id": f"1 + (i * 7919) % {living}",
            "handle": "'00000000000000000000'",
            "business_type": fill.one_of(SCENES),
            "outcome": fill.one_of(OUTCOMES),
            "issued_at": "1",
            "operator_id": "'op1'",
            "operator_name": "'某'",
            "office_id": "'A01'",
            "out_biz_no": "'b' || i",
            "shown_by": "'self'",
        },
    )
    common = {"place": "''", "detail": "'{}'", "row_mac": fill.random_bytes("row")}
    fill.insert(
        "audit",
        city.scans,
        {
            "id": fill.timed_id(ago),
            "created_at": fill.moment(ago),
            "tag": "'scan:attempted'",
            "outcome": fill.one_of(["ok" if not outcome else str(outcome) for outcome in OUTCOMES]),
            "actor": f"'institution:' || (1 + i % {INSTITUTIONS})",
            "subject": f"'credential:' || (1 + (i * 7919) % {living})",
            "person_id": f"1 + (i * 7919) % {living}",
            **common,
        },
    )
    acts = city.citizens * 3
    since = f"1 + ({acts} - i) * {MONTH} / {acts}"
    fill.insert(
        "audit",
        acts,
        {
            "id": fill.timed_id(since) + " + 2097152",
            "created_at": fill.moment(since),
            "tag": fill.one_of(
                ["account:signed_in", "credential:activated", "document:viewed", "credential:frozen", "review:decided"]
            ),
            "outcome": "'ok'",
            "actor": fill.one_of(["staff:1", "staff:2", "account:1", "system"], "i / 5"),
            "subject": "'credential:' || i",
            "person_id": f"1 + i % {city.citizens}",
            **common,
        },
    )
    fill.insert(
        "help_event",
        city.scans // 100,
        {
            "code": f"'P-' || {fill.one_of(['04', '06', '08', '01', '02'], 'i / 900000')} || '-' || {fill.digits('i % 900000', 6)}",
            "created_at": fill.moment(f"({city.scans // 100} - i) * {MONTH} / {city.scans // 100}"),
            "reason": "1006",
            "institution_id": f"1 + i % {INSTITUTIONS}",
            "credential_id": f"1 + i % {living}",
            "audit_id": "0",
        },
    )
    fill.insert(
        "use_denial",
        city.scans // 20,
        {
            "credential_id": f"1 + i % {living}",
            "scan_id": "i",
            "place": "'量度机构'",
            "used_at": fill.moment(f"i * 5 % {MONTH}"),
            "denied_at": fill.moment(f"i * 5 % {MONTH}"),
            "denied_by": "'account:1'",
            "shown_by": "'self'",
            "settled_by": "''",
            "settled_at": f"CASE WHEN i % 2 > 0 THEN {fill.moment('60')} END",
            "outcome": "CASE WHEN i % 2 > 0 THEN 'mistaken' END",
        },
    )


def _cases(fill: Filler, city: City) -> None:
    """One in three waits; the others were decided in the last month."""
    first_account = int(fill.connection.execute(text("SELECT min(id) FROM account")).scalar_one())
    ago = f"({city.cases} - i) * {MONTH} / {city.cases}"
    state = "CASE WHEN i % 3 = 0 THEN '{}' ELSE '{}' END"
    requests = fill.insert(
        "link_request",
        city.cases,
        {
            "holder_account_id": f"{first_account} + i % {city.citizens // 2}",
            "created_at": fill.moment(ago),
            "expires_at": fill.moment(f"{ago} - {MONTH}"),
            "state": state.format("waiting_review", "approved"),
            "step": "'finish'",
            "typed_encrypted": fill.no_bytes(0),
            "person_id": "i",
            "relation": "'son'",
            "way": "'documents'",
            "submitted_at": fill.moment(ago),
            "refusal": "''",
        },
    )
    cases = fill.insert(
        "review_case",
        city.cases,
        {
            "subject": f"'family_request:' || ({requests} + i)",
            "kind": "'family'",
            "region": fill.one_of(REGIONS),
            "opened_at": fill.moment(ago),
            "due_at": fill.moment(f"{ago} - 172800"),
            "state": state.format("waiting", "approved"),
            "needs_second": fill.no,
            "round": "1",
            "decided_at": f"CASE WHEN i % 3 > 0 THEN {fill.moment(f'({ago}) * 9 / 10')} END",
        },
    )
    fill.insert(
        "review_step",
        city.cases,
        {
            "case_id": f"{cases} + i",
            "round": "1",
            "verb": "'approve'",
            "taken_at": fill.moment(f"({ago}) * 9 / 10"),
            "settled_at": fill.moment(f"({ago}) * 9 / 10"),
        },
    )

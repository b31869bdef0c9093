"""The counter: finding a person by document or code. Each act needs a visit, which begins with a check of the document."""

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.text import digits_of
from app.counter import queries
from app.counter.audit_tags import CounterTag
from app.counter.models import CounterScan, CounterVisit
from app.credentials.policy import SLIP
from app.credentials.queries import get_credential
from app.hotline.models import HotlineSearch
from app.hotline.service import note_search
from app.institutions.business_types import COUNTER
from app.roster.identity import Cert, InvalidCert, parse_cert
from app.roster.models import InsuredPerson
from app.roster.queries import find_person, get_person
from app.scanning.calls import QUERY
from app.scanning.paper_reasons import is_of_paper
from app.scanning.service import Call
from app.scanning.service.ec_query import redeem_at_desk
from app.staff.models import StaffMember
from app.staff.policy import refuse_oneself
from app.staff.queries import regions_of

RESIDENT_ID = "01"
LONGEST_ENTRY = 200  # fixed: characters of what a scanner types; a code has 63
PAPERS = "original_checked"  # what the audit row says: 证件原件已核对，是本人
_CODE = re.compile(r"\d{12}|\d{19,}", re.ASCII)  # eighteen digits are an identity number
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,40}", re.ASCII)


def enter(staff: StaffMember, typed: str, nonce: str) -> CounterScan | HotlineSearch:
    """Takes the counter's one field: a code scanned from a phone or slip, twelve digits read aloud, or an identity number.

    nonce: of the form, so that the same form sent twice counts as one scan. Raises DomainError `entry_empty`, `entry_invalid`,
    `no_counter`, and TooMany.
    """
    entry = digits_of(typed)[:LONGEST_ENTRY]
    if not entry:
        raise DomainError("entry_empty", _("请扫医保码，或填身份证号。"), field="entry")
    if _CODE.fullmatch(entry):
        return _scan(staff, entry, nonce)
    try:
        return search_document(staff, parse_cert(RESIDENT_ID, entry))
    except InvalidCert as error:
        raise DomainError("entry_invalid", error.sentence, field="entry") from None


def search_document(staff: StaffMember, cert: Cert) -> HotlineSearch:
    """Searches by identity document; audited and limited like the hotline's searches. Raises TooMany."""
    person = find_person(cert.cert_type, cert.number)
    return note_search(staff, [person] if person is not None and not person.is_specimen else [], "document")


@transaction()
def open_visit(staff: StaffMember, person_id: int, *, papers_checked: bool, way: str) -> CounterVisit:
    """Begins a visit. way: document, name, scan. Raises DomainError `papers_unchecked`, `own_person` or `other_region`."""
    person = get_person(person_id)
    if not papers_checked:
        raise DomainError("papers_unchecked", _("还没有核对证件。"), _("请看过证件原件，是本人，再勾选。"), field="papers")
    refuse_oneself(staff, person_id)
    if person.insured_region not in regions_of(staff.agency):
        raise DomainError(
            "other_region",
            _("这个人不在您的参保地，这里只能看，不能办。"),
            _("请告诉他打参保地的医保热线。"),
            status=403,
            region=person.insured_region,
        )
    visit = CounterVisit(staff_id=staff.id, person_id=person_id, opened_at=clock.now())
    db.session.add(visit)
    db.session.flush()
    record_act(CounterTag.visit_opened, staff, visit, way=way)
    return visit


def person_of_visit(visit: CounterVisit) -> InsuredPerson:
    return get_person(visit.person_id)


def record_act(tag: CounterTag, staff: StaffMember, visit: CounterVisit, **ids: Any) -> None:
    """Audits an act, and that the identity document was checked before it."""
    audit.record(tag, actor=staff.actor, subject=visit.subject, person_id=visit.person_id, papers=PAPERS, **ids)


@transaction()
def expire_visits() -> None:
    """Deletes visits and scans after a day; from then on only the scan log and the audit log have them."""
    over = clock.now() - timedelta(days=1)
    db.session.execute(delete(CounterScan).where(CounterScan.scanned_at < over))
    db.session.execute(delete(CounterVisit).where(CounterVisit.opened_at < over))


def _scan(staff: StaffMember, digits: str, nonce: str) -> CounterScan:
    """Redeems the code like a hospital's call, under business type 09901 (S8), so that refusals are recorded the same way."""
    counter = queries.find_counter(regions_of(staff.agency))
    if counter is None:
        raise DomainError(
            "no_counter", _("您的窗口还没有登记为扫码机构。"), _("请系统管理员在“机构”里登记。"), status=409, field="entry"
        )
    seed = nonce if _NONCE.fullmatch(nonce) else clock.now().isoformat()
    biz_no = "window-" + hashlib.sha256(f"{staff.id}:{seed}:{digits}".encode()).hexdigest()[:32]
    earlier = queries.find_scan(biz_no)
    if earlier is not None:
        return earlier
    body = {
        "orgId": counter.fixmedins_code,
        "transType": QUERY,
        "data": {
            "ecQrCode": digits,
            "businessType": COUNTER,
            "operatorId": staff.actor,
            "operatorName": staff.name,
            "outBizNo": biz_no,
        },
    }
    sent = hashlib.sha256(json.dumps(body).encode()).digest()
    answer = redeem_at_desk(counter.id, Call(authorization="", body=body, fault="", sha256=sent, retry_after=0))
    return _keep(staff, biz_no, json.loads(answer.body))


@transaction()
def _keep(staff: StaffMember, biz_no: str, answer: dict[str, Any]) -> CounterScan:
    scan = CounterScan(staff_id=staff.id, out_biz_no=biz_no, scanned_at=clock.now(), reason=answer["code"])
    if answer["code"] == 0:
        more = answer["data"]["extData"]
        credential_id = queries.find_scanned_credential(int(more["scanId"]))
        scan.person_id = get_credential(credential_id or 0).person_id
        scan.shown_by = more["shownBy"]
    else:
        scan.help_code = answer["helpCode"]
        scan.shown_by = SLIP if is_of_paper(answer) else ""
    try:
        with db.session.begin_nested():
            db.session.add(scan)
            db.session.flush()
    except IntegrityError:  # the same form was sent twice at once: it counts as one scan
        twin = queries.find_scan(biz_no)
        if twin is None:
            raise
        return twin
    audit.record(
        CounterTag.scanned,
        actor=staff.actor,
        subject=scan.subject,
        person_id=scan.person_id,
        outcome="ok" if scan.reason == 0 else "refused",
        reason=scan.reason,
    )
    return scan

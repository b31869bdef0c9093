"""一次性纸质码 (S64, S65): a code on paper for people without a phone, valid at one place for one purpose until midnight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Notice
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.credentials import queries
from app.credentials.audit_tags import CredentialTag
from app.credentials.code_format import make_code, new_handle
from app.credentials.keyring import key_of, keyring
from app.credentials.models import Credential, CredentialKind, CredentialStatus, Presentation, Slip
from app.credentials.policy import SLIP
from app.credentials.service.drawing import issue_typed_code
from app.credentials.service.lifecycle import activate_credential
from app.roster.models import InsuredPerson


@dataclass(frozen=True, slots=True)
class SlipPaper:
    """What is printed. digits: the 61 of the QR; number: the twelve."""

    slip: Slip
    digits: str
    number: str


@transaction()
def issue_slip(
    person: InsuredPerson, institution_id: int, business_type: str, *, by: str, paper_notices: Sequence[Notice] = ()
) -> Slip:
    """by: `staff:3`. paper_notices: the texts signed on paper at the counter. They are needed if the person has no credential yet;
    it then begins as a held one, which the person takes over when they activate later.

    Raises DomainError `insured_not_normal`, `consent_missing`, `credential_frozen`, `slip_open` or `slips_too_many`.
    """
    # If two clerks issue in parallel, the second waits here and finds the first one's slip and credential.
    db.session.execute(select(InsuredPerson.id).where(InsuredPerson.id == person.id).with_for_update())
    credential = _credential_for(person, by, paper_notices)
    _require_another(credential)
    today, now = clock.today(), clock.now()
    midnight = clock.midnight(today + timedelta(days=1))
    presentation = _presentation_of(credential, now)
    slip = Slip(
        handle=presentation.handle,
        credential_id=credential.id,
        institution_id=institution_id,
        business_type=business_type,
        region=person.insured_region,
        valid_on=today,
        issued_at=now,
        expires_at=midnight,
        issued_by=by,
        paper_notices=",".join(str(notice.id) for notice in paper_notices),
    )
    _store(presentation, slip)
    issue_typed_code(presentation, until=int(midnight.timestamp()))
    audit.record(
        CredentialTag.slip_issued,
        actor=by,
        subject=slip.subject,
        person_id=person.id,
        institution=institution_id,
        business_type=business_type,
        consents=slip.paper_notices,
    )
    return slip


@transaction()
def show_slip(slip: Slip, *, by: str) -> SlipPaper:
    """What to print. Only for the member who issued it and for a few minutes, in case a printer jams; later a new one is issued.

    Raises DomainError `slip_over` or `slip_put_away`.
    """
    now = clock.now()
    slip = db.session.get_one(Slip, slip.id, populate_existing=True)
    if not slip.is_open_at(now):
        raise DomainError("slip_over", _("这张纸质码已经用过、作废或过期，不能再打印。"), _("需要的话，请重新开一张。"), status=409)
    if by != slip.issued_by or now - slip.issued_at > timedelta(minutes=settings.paper_minutes):
        raise DomainError(
            "slip_put_away",
            _("这张纸质码不能再打印。"),
            _("没有打印出来的话，请作废这一张，重新开一张。"),
            status=409,
        )
    master = keyring.find(slip.presentation.master_id)
    typed = queries.find_typed_code(slip.handle)
    if master is None or typed is None:
        raise DomainError("slip_put_away", _("这张纸质码不能再打印。"), _("请作废这一张，重新开一张。"), status=409)
    audit.record(CredentialTag.slip_shown, actor=by, subject=slip.subject, person_id=slip.credential.person_id)
    digits = make_code(key_of(master, slip.handle), slip.handle, int(slip.issued_at.timestamp()))
    return SlipPaper(slip, digits, typed.number)


def _credential_for(person: InsuredPerson, by: str, paper_notices: Sequence[Notice]) -> Credential:
    if not person.may_use_insurance:
        raise DomainError(
            "insured_not_normal",
            _("这个人的参保状态不正常，纸质码扫了也不能用。"),
            _("请先核对参保状态。"),
            status=409,
            region=person.insured_region,
        )
    credential = queries.find_credential_of(person.id)
    if credential is None:
        if not paper_notices:
            raise DomainError(
                "consent_missing",
                _("这个人还没有医保码，要先在纸质告知书上签字同意。"),
                _("签好以后，请勾选这一项。"),
                field="consent",
            )
        return activate_credential(person.id, CredentialKind.held, by)
    if credential.status is CredentialStatus.frozen:
        raise DomainError(
            "credential_frozen",
            _("这个人的医保码已挂失，不能开纸质码。"),
            _("请先恢复使用，或用身份证、社保卡就医。"),
            status=409,
            region=person.insured_region,
        )
    return credential


def _require_another(credential: Credential) -> None:
    if _count_slips(credential.id) >= settings.slips_per_person_day:
        raise DomainError(
            "slips_too_many",
            _("这个人今天已经开过 %(count)d 张纸质码，不能再开。", count=settings.slips_per_person_day),
            _("请问清楚用在哪里；不用的先作废，明天再开。"),
            status=409,
        )


def _presentation_of(credential: Credential, now: datetime) -> Presentation:
    """Every code is shown by a presentation; this one is on paper and has no device."""
    return Presentation(
        handle=new_handle(),
        credential_id=credential.id,
        device_id=None,
        master_id=keyring.newest.id,
        created_at=now,
        seen_at=now,
        shown_by=SLIP,
    )


def _store(presentation: Presentation, slip: Slip) -> None:
    """Raises DomainError `slip_open`: there is one open slip for a person, place, purpose and day."""
    try:
        with db.session.begin_nested():
            db.session.add(presentation)
            db.session.flush()
            db.session.add(slip)
            db.session.flush()
    except IntegrityError as error:
        if "slip" not in str(error.orig):
            raise
        raise _open_already() from None


def _count_slips(credential_id: int) -> int:
    counted = select(func.count()).where(Slip.credential_id == credential_id, Slip.valid_on == clock.today())
    return int(db.session.scalar(counted) or 0)


def _open_already() -> DomainError:
    return DomainError(
        "slip_open",
        _("同一家机构、同一项业务的纸质码，今天已经开过一张，还没有用。"),
        _("请在下面的列表里找到它。没有打印出来或丢失的，点“作废重开”。"),
        status=409,
    )

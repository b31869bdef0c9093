"""What a clerk does for a person at the counter: letters, slips, families."""

import base64
from datetime import timedelta

from flask_babel import gettext as _

from app.accounts.models import ConsentPurpose
from app.accounts.queries import find_account_of_person, list_notices
from app.core import clock
from app.core.crypto import vault
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.text import half_width
from app.counter import queries
from app.counter.audit_tags import CounterTag
from app.counter.models import CounterVisit, LetterKind
from app.counter.service.visits import person_of_visit, record_act
from app.credentials.models import Slip
from app.credentials.queries import find_credential_of
from app.credentials.service import revoke_slip
from app.family.models import FamilyLink, LinkRequest, Relation
from app.family.service import authorise_at_counter, bind_at_counter
from app.institutions.models import Institution
from app.messages.service import post_message
from app.proofs.service import issue_counter_code
from app.roster.identity import Cert
from app.roster.models import InsuredPerson
from app.roster.queries import find_person
from app.scanning.service import write_slip
from app.staff.models import StaffMember
from app.staff.policy import refuse_oneself
from app.staff.queries import regions_of

PAPER_CONSENTS = (ConsentPurpose.activation_notice, ConsentPurpose.share_on_scan)
_LETTER = "counter-letter"


@transaction()
def give_letter(staff: StaffMember, visit: CounterVisit, kind: LetterKind) -> str:
    """Issues eight digits for a letter and voids the person's older one. Returns the sealed text that `open_letter` reads."""
    person = person_of_visit(visit)
    code = issue_counter_code(person, staff.actor)
    record_act(CounterTag.letter_issued, staff, visit, kind=kind.value)
    account = find_account_of_person(person.id)
    if account is not None:
        post_message(
            account.id,
            _("窗口给您打印了一张核验码"),
            _("医保窗口核对了您的证件，打印了一张八位数字的核验码。不是您本人去的，请马上拨打医保热线。"),
        )
    plain = f"{int(clock.timestamp())}:{kind.value}:{code}".encode()
    return base64.urlsafe_b64encode(vault.encrypt(_LETTER, plain, bound_to=_bond(visit))).decode()


def open_letter(visit: CounterVisit, sealed: str) -> tuple[LetterKind, str] | None:
    """The kind and the digits; None if the letter is another visit's or older than `paper_minutes`: only a hash is stored."""
    try:
        plain = vault.decrypt(_LETTER, base64.urlsafe_b64decode(sealed), bound_to=_bond(visit)).decode()
    except ValueError:
        return None
    second, kind, code = plain.split(":")
    if clock.timestamp() - int(second) > timedelta(minutes=settings.paper_minutes).total_seconds():
        return None
    return LetterKind(kind), code


@transaction()
def give_slip(staff: StaffMember, visit: CounterVisit, place: str, business_type: str, *, has_consent: bool) -> Slip:
    """Issues a slip. place: code, name or the beginning of a name. has_consent: a person without a credential signed on paper.

    Raises DomainError `place_unknown`, `place_unclear`, and the errors of `write_slip`.
    """
    person = person_of_visit(visit)
    return _write(staff, visit, person, _find_place(person, place), business_type, has_consent=has_consent)


@transaction()
def replace_slip(staff: StaffMember, visit: CounterVisit, slip: Slip) -> Slip:
    """作废重开: voids a slip and issues a new one for the same use. Raises DomainError `slip_over` if it was used meanwhile."""
    if slip.credential.person_id != visit.person_id or not revoke_slip(slip, by=staff.actor):
        raise slip_over()
    institution = queries.list_institutions_of([slip.institution_id])[slip.institution_id]
    return _write(staff, visit, person_of_visit(visit), institution, slip.business_type, has_consent=False)


def revoke(staff: StaffMember, slip: Slip) -> None:
    """Revokes a slip. Raises DomainError `slip_over` if it was used or revoked before."""
    if not revoke_slip(slip, by=staff.actor):
        raise slip_over()


@transaction()
def bind_family(staff: StaffMember, visit: CounterVisit, cert: Cert, relation: Relation, *, both_here: bool) -> FamilyLink:
    """Links a member to the visitor, whose phone shows their code from now on. Raises the DomainErrors of adding on the phone."""
    if not both_here:
        raise DomainError("both_unchecked", _("还没有核对两个人。"), _("请看过两个人的证件原件，再勾选。"), field="both_here")
    holder = find_account_of_person(visit.person_id)
    if holder is None:
        raise DomainError(
            "holder_inactive",
            _("这个人还没有激活自己的医保码，手机上没有地方出示家人的码。"),
            _("请先打印激活码，本人激活以后再添加。"),
            status=409,
        )
    member = find_person(cert.cert_type, cert.number)
    if member is None or member.is_specimen or member.insured_region not in regions_of(staff.agency):
        raise DomainError("member_unknown", _("您的参保地没有这个人，请核对证件类型和号码。"), field="cert_no")
    refuse_oneself(staff, member.id)
    link = bind_at_counter(holder, member, relation, by=staff.actor)
    record_act(CounterTag.family_bound, staff, visit, link=link.id, member=member.id)
    return link


@transaction()
def authorise_family(staff: StaffMember, visit: CounterVisit, request_id: int) -> LinkRequest:
    """Records the visitor's consent to a relative's request, so that no code has to be typed into the relative's phone."""
    request = authorise_at_counter(person_of_visit(visit), request_id, by=staff.actor)
    record_act(CounterTag.family_authorised, staff, visit, request=request.id)
    return request


def needs_paper_consent(person: InsuredPerson) -> bool:
    """Whether the person has no credential yet: the first slip brings one, and they consent to it on paper."""
    return find_credential_of(person.id) is None


def slip_over() -> DomainError:
    return DomainError("slip_over", _("这张纸质码已经用过，或者已经作废。"), _("需要的话，请重新开一张。"), status=409)


def _write(
    staff: StaffMember,
    visit: CounterVisit,
    person: InsuredPerson,
    institution: Institution,
    business_type: str,
    *,
    has_consent: bool,
) -> Slip:
    notices = list_notices(*PAPER_CONSENTS) if has_consent and needs_paper_consent(person) else []
    slip = write_slip(person, institution, business_type, by=staff.actor, paper_notices=notices)
    record_act(CounterTag.slip_issued, staff, visit, slip=slip.id)
    return slip


def _find_place(person: InsuredPerson, typed: str) -> Institution:
    wanted = " ".join(half_width(typed).split())[:100]
    found = queries.list_places(wanted, person.insured_region) if wanted else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise DomainError("place_unknown", _("本市没有这家能扫码的机构，请核对编号或名称。"), field="place")
    raise DomainError(
        "place_unclear", _("有几家都这样开头：%(names)s。请写全。", names="、".join(one.name for one in found)), field="place"
    )


def _bond(visit: CounterVisit) -> bytes:
    return f"visit:{visit.id}".encode()

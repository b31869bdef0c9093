"""What a reviewer's decision does to a request, and what the holder may do about it."""

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.core.db import db, transaction
from app.core.display import day, masked_cert
from app.core.errors import DomainError
from app.documents.service import keep_after_decision, keep_until
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import LinkRequest, RequestState
from app.family.policy import RELATION_LABELS
from app.family.service import notifications
from app.family.service.limits import find_full, lock_pair
from app.family.service.links import find_bound, person_of
from app.family.service.refusals import find_asked
from app.family.service.requests import approve, record_request, reject, reload
from app.regions.queries import find_region
from app.reviews.models import CaseState, ReviewCase
from app.reviews.queries import list_reasons
from app.reviews.service import appeal_case, resubmit_case
from app.roster.models import InsuredPerson
from app.roster.queries import cert_no_of, get_person
from app.staff.models import StaffMember

SLOTS: dict[str, LazyString] = {
    "birth_certificate": _l("出生医学证明"),
    "register_holder": _l("申请人的户口本"),
    "register_member": _l("家人的户口本"),
    "kinship_notarisation": _l("亲属关系公证书"),
    "signed_letter": _l("签过字的承诺书"),
    "other": _l("其他材料"),
}


def take_decision(case: ReviewCase, outcome: CaseState) -> None:
    """Runs in the transaction in which the decision takes effect. An approval that cannot be carried out becomes a rejection.

    outcome: approved, returned, rejected.
    """
    request = queries.find_request_of_subject(case.subject)
    if request is None or request.state is not RequestState.waiting_review:
        return
    name = notifications.name_of(person_of(request))
    if outcome is CaseState.returned:
        _give_back(request, name)
        return
    keep_after_decision(request.subject)
    if outcome is CaseState.approved:
        try:
            approve(request, by="review:" + str(case.id))
        except DomainError as refusal:
            reject(
                request,
                refusal.code,
                by="system",
                title=_("材料通过了，但是不能添加 %(name)s", name=name),
                sentence=str(refusal.what),
            )
    else:
        reject(
            request,
            "review",
            by=f"review:{case.id}",
            title=_("没有通过：添加 %(name)s", name=name),
            sentence=_("请打开“家人”里的这个申请，看原因。不同意的话，可以申诉。"),
        )


@transaction()
def _give_back(request: LinkRequest, name: str) -> None:
    request = reload(request)
    request.state = RequestState.returned
    db.session.flush()
    record_request(FamilyTag.returned, request, "system")
    notifications.tell_decided(
        request, _("需要补一点材料：添加 %(name)s", name=name), _("请打开“家人”里的这个申请，只补被退回的那几页，别的不用重交。")
    )


@transaction()
def hand_in_again(request: LinkRequest) -> None:
    """补正: the bad pages were sent again. Raises DomainError `nothing_returned`."""
    request = reload(request)
    if request.state is not RequestState.returned:
        raise DomainError("nothing_returned", _("这个申请现在不用补材料。"), _("请看申请的进度。"), status=409)
    request.state = RequestState.waiting_review
    db.session.flush()
    record_request(FamilyTag.submitted, request, Account.actor_of(request.holder_account_id))
    resubmit_case(request.subject, by=Account.actor_of(request.holder_account_id))


@transaction()
def appeal(request: LinkRequest, text: str) -> None:
    """申诉: another reviewer decides. text: the holder's own words. Raises DomainError when there is nothing to appeal against."""
    request = reload(request)
    if request.state is not RequestState.rejected or request.refusal != "review":
        raise DomainError("nothing_to_appeal", _("这个申请现在不能申诉。"), _("请看申请的进度。"), status=409)
    holder, person = request.holder_account_id, person_of(request)
    lock_pair(holder, person.id)
    refusal = find_asked(holder, person) or find_bound(holder, person) or find_full(holder, besides=request.id)
    if refusal is not None:
        raise refusal
    appeal_case(request.subject, text, by=Account.actor_of(request.holder_account_id))
    request.state, request.decided_at, request.refusal = RequestState.waiting_review, None, ""
    db.session.flush()
    keep_until(request.subject, None)
    record_request(FamilyTag.appealed, request, Account.actor_of(request.holder_account_id))


def slots_to_mend(request: LinkRequest, case: ReviewCase | None) -> dict[str, list[int]]:
    """Which papers are asked for again: slot -> ids of the bad pages; an empty list asks for the whole slot.

    If the request was returned without naming papers, any of them may be sent again.
    """
    if case is None or request.state is not RequestState.returned:
        return {}
    found: dict[str, list[int]] = {}
    for reason in list_reasons(case):
        if reason.slot:
            found.setdefault(reason.slot, []).extend([reason.page_id] if reason.page_id else [])
    return found or {key: [] for key in SLOTS}


def facts_for_reviewer(subject: str) -> list[tuple[str, str]]:
    """What is shown beside the papers: both parties as the roster knows them, and the relation that was stated."""
    request = queries.find_request_of_subject(subject)
    if request is None or request.relation is None:
        return []
    member, holder = person_of(request), get_person(request.holder.person_id or 0)
    facts = [(str(_("关系")), str(_("家人是申请人的%(relation)s", relation=RELATION_LABELS[request.relation])))]
    facts += _facts_of(str(_("申请人")), holder) + _facts_of(str(_("家人")), member)
    voucher = queries.find_voucher(request.id)
    if voucher is not None:
        facts.append((str(_("作证人")), str(_("家人是作证人的%(relation)s", relation=RELATION_LABELS[voucher.relation]))))
    facts.append((str(_("已有几人能出示")), str(queries.count_links_of_member(member.id))))
    if queries.is_disputed(member.id):
        facts.append((str(_("注意")), str(_("监护有争议，要两位审核员"))))
    return facts


def _facts_of(who: str, person: InsuredPerson) -> list[tuple[str, str]]:
    region = find_region(person.insured_region)
    return [
        (str(_("%(who)s姓名", who=who)), person.name),
        (str(_("%(who)s证件号码", who=who)), masked_cert(cert_no_of(person))),
        (str(_("%(who)s出生日期", who=who)), day(person.birthday)),
        (str(_("%(who)s参保地", who=who)), region.name if region else person.insured_region),
    ]


def refuse_own_family(staff: StaffMember, subject: str) -> str | None:
    """A reviewer must not decide about their own family, as holder or as member."""
    request = queries.find_request_of_subject(subject)
    if request is None or staff.person_id is None:
        return None
    if staff.person_id in (request.person_id, request.holder.person_id):
        return str(_("这是您自己或您家人的申请，不能由您审核。"))
    return None


def may_send_papers(account: Account, subject: str, slot: str) -> bool:
    """Only the holder may, while the request is being filled in or has been returned."""
    request = queries.find_request_of_subject(subject)
    return (
        slot in SLOTS
        and request is not None
        and request.holder_account_id == account.id
        and request.state in (RequestState.draft, RequestState.returned)
    )

"""At the counter: a clerk has seen both persons and their papers, which proves more than a face check or a photograph."""

from flask_babel import gettext as _

from app.accounts.models import Account, ConsentPurpose
from app.accounts.queries import list_notices
from app.accounts.service import record_consent
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.family import queries
from app.family.models import DraftStep, FamilyLink, LinkRequest, Relation, RequestState, Way
from app.family.policy import AgePolicy
from app.family.service.refusals import find_holder_refusal, find_refusal
from app.family.service.requests import approve, authorise
from app.roster.models import InsuredPerson

HOLDER_NOTICES = (ConsentPurpose.family_notice, ConsentPurpose.family_agreement)
OWN_NOTICES = (ConsentPurpose.family_authorisation, ConsentPurpose.family_share)
CHANNEL = "counter"


@transaction()
def bind_at_counter(holder: Account, member: InsuredPerson, relation: Relation, *, by: str) -> FamilyLink:
    """Holder and member are both here and have agreed on paper; for a child below 16 the clerk has seen the original papers.
    by: `staff:3`.

    Raises DomainError as adding on the phone does, and `custody_disputed`: then two reviewers decide, not a single clerk.
    """
    _require_undisputed(member)
    today, policy = clock.today(), AgePolicy.of(settings)
    way = Way.counter_code if Way.counter_code in policy.ways(member.birthday, today) else Way.documents
    request = LinkRequest(
        holder_account_id=holder.id,
        created_at=clock.now(),
        expires_at=clock.now(),
        state=RequestState.waiting_authorisation,
        step=DraftStep.finish,
        person_id=member.id,
        relation=relation,
        way=way,
        submitted_at=clock.now(),
    )
    refusal = find_holder_refusal(holder) or find_refusal(holder, request, relation, member, member.insured_region)
    if refusal is not None:
        raise refusal
    db.session.add(request)
    db.session.flush()
    guardian = (ConsentPurpose.guardian_under_14,) if policy.needs_guardian(member.birthday, today) else ()
    of_member = (
        OWN_NOTICES if way is Way.counter_code else (*guardian, ConsentPurpose.family_documents, ConsentPurpose.family_share)
    )
    record_consent(holder.id, holder.person_id or 0, list_notices(*HOLDER_NOTICES), channel=CHANNEL)
    given_by = "self" if way is Way.counter_code else "guardian"
    record_consent(holder.id, member.id, list_notices(*of_member), given_by=given_by, channel=CHANNEL)
    return approve(request, by=by)


@transaction()
def authorise_at_counter(member: InsuredPerson, request_id: int, *, by: str) -> LinkRequest:
    """The member is here and agrees to a request that waits for a counter code.

    Raises DomainError `draft_gone` or `custody_disputed`.
    """
    _require_undisputed(member)
    request = next((one for one in queries.list_waiting_for_counter(member.id) if one.id == request_id), None)
    if request is None:
        raise DomainError(
            "draft_gone", _("这个申请已经办完，或者改用了别的方式。"), _("请刷新页面，看一下现在的状态。"), status=409
        )
    return authorise(request, list_notices(*OWN_NOTICES), account_id=request.holder_account_id, by=by, channel=CHANNEL)


def _require_undisputed(member: InsuredPerson) -> None:
    if queries.is_disputed(member.id):
        raise DomainError(
            "custody_disputed",
            _("这位家人的监护有争议，窗口一个人不能办。"),
            _("请申请人在手机上提交材料，由两位审核员来看。"),
            status=409,
            region=member.insured_region,
        )

"""Adding a member by papers: the consents, the papers, the letter, and handing in."""

from typing import Any

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import ConsentPurpose, Notice
from app.accounts.policy import trusted
from app.accounts.queries import list_notices
from app.core import clock
from app.core.access import access
from app.core.errors import DomainError
from app.core.settings import settings
from app.documents.models import Slot
from app.family import service
from app.family.forms import NoticesForm
from app.family.models import DraftStep, InvitationKind, LinkRequest, Relation, Way
from app.family.policy import AgePolicy
from app.family.routes.answers import draft_at, go_to, has_choice, member_of, steps_total
from app.family.routes.blueprint import blueprint
from app.family.routes.ways import INVITATION

PAPER_WAYS = (Way.documents, Way.vouching)
AGREED = "family_papers_agreed"


@blueprint.get("/family/new/papers")
@access(trusted)
def new_papers() -> ResponseReturnValue:
    draft = draft_at(DraftStep.finish, *PAPER_WAYS)
    return _show_papers(draft, NoticesForm.of(_notices(draft)))


@blueprint.post("/family/new/papers")
@access(trusted)
def create_papers_consent() -> ResponseReturnValue:
    """The consents are given before anything is uploaded; they enter the ledger with the request."""
    draft = draft_at(DraftStep.finish, *PAPER_WAYS)
    form = NoticesForm.of(_notices(draft))
    if not form.validate_on_submit():
        return _show_papers(draft, form, 422)
    session[AGREED] = _agreement(draft)
    return redirect(url_for("family.new_papers"), 303)


@blueprint.get("/family/new/letter")
@access(trusted)
def show_letter() -> ResponseReturnValue:
    """Continues to the letter (S28), once the papers are complete."""
    draft = _complete_draft(Way.documents)
    letter = service.prepare_request_letter(draft, return_to=url_for("family.new_submission", of=steps_total(draft)))
    return redirect(url_for("letters.show_letter", id=letter.id), 303)


@blueprint.get("/family/new/submission")
@access(trusted)
def new_submission() -> ResponseReturnValue:
    return _show_submission(_complete_draft(*PAPER_WAYS))


@blueprint.post("/family/new/submission")
@access(trusted)
def create_submission() -> ResponseReturnValue:
    draft = _complete_draft(*PAPER_WAYS)
    missing = service.find_missing(draft) or service.find_unsigned(draft)
    if missing is not None:
        return _show_submission(draft, missing)
    service.submit_papers(draft, _notices(draft), needs_guardian=_needs_guardian(draft))
    session.pop(AGREED, None)
    if draft.way is Way.vouching:
        session[INVITATION] = [draft.id, service.invite(draft, InvitationKind.voucher)]
    return redirect(url_for("family.show_request", request_id=draft.id), 303)


def _complete_draft(*ways: Way) -> LinkRequest:
    draft = draft_at(DraftStep.finish, *ways)
    if not _has_agreed(draft) or service.find_missing(draft) is not None:
        go_to("family.new_papers")
    return draft


def _has_agreed(draft: LinkRequest) -> bool:
    return session.get(AGREED) == _agreement(draft)


def _agreement(draft: LinkRequest) -> list[Any]:
    """What was agreed to and about whom, so that for another member the boxes are shown again."""
    return [draft.id, draft.person_id, [notice.id for notice in _notices(draft)]]


def _needs_guardian(draft: LinkRequest) -> bool:
    return AgePolicy.of(settings).needs_guardian(member_of(draft).birthday, clock.today())


def _notices(draft: LinkRequest) -> list[Notice]:
    """Below 14 the guardian's consent too (PIPL 31). With vouching, the voucher answers for the member's consent."""
    guardian = (ConsentPurpose.guardian_under_14,) if _needs_guardian(draft) else ()
    return list_notices(*guardian, ConsentPurpose.family_documents, ConsentPurpose.family_share)


def _show_papers(draft: LinkRequest, form: NoticesForm, status: int = 200) -> ResponseReturnValue:
    has_agreed = _has_agreed(draft)
    page = render_template(
        "family/new_papers.html",
        form=form,
        draft=draft,
        person=member_of(draft),
        has_agreed=has_agreed,
        missing=service.find_missing(draft) if has_agreed else None,
        has_papers=bool(service.list_good_pages(draft)),
        slots={slot: service.SLOTS[slot] for slot in _slots(draft)},
        step=4 if has_choice(draft) else 3,
        steps_total=steps_total(draft),
        back_href=url_for("family.edit_way" if has_choice(draft) else "family.edit_member"),
    )
    return page, status


def _slots(draft: LinkRequest) -> list[Slot]:
    slots = [Slot.birth_certificate, Slot.register_holder, Slot.register_member, Slot.kinship_notarisation]
    return [*slots, Slot.other] if draft.relation is Relation.ward else slots


def _show_submission(draft: LinkRequest, missing: DomainError | None = None) -> ResponseReturnValue:
    unsigned = service.find_unsigned(draft)
    page = render_template(
        "family/new_submission.html",
        draft=draft,
        person=member_of(draft),
        pages=service.list_good_pages(draft),
        slots=service.SLOTS,
        missing=missing or unsigned,
        step=steps_total(draft),
        steps_total=steps_total(draft),
        back_href=url_for("family.new_papers"),
    )
    return page, missing.status if missing else 200

"""添加家庭成员, screens one to three: the notices with the holder's step-up, who the member is, and the way of agreeing."""

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import ConsentPurpose
from app.accounts.policy import trusted
from app.accounts.queries import has_consent, list_notices
from app.accounts.service import check_step_up
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.errors import DomainError, TooMany
from app.core.limits import per_hour, retry_after
from app.core.settings import settings
from app.family import queries, service
from app.family.forms import MemberForm, NoticesForm, WayForm, pin_field
from app.family.models import DraftStep, LinkRequest, Relation, Way
from app.family.routes.answers import (
    CAPTURE,
    STEPS_TOTAL,
    WAY_PAGES,
    draft_at,
    go_to,
    hand_over,
    is_stepped_up,
    limit_face_starts,
    member_of,
    page_of,
)
from app.family.routes.blueprint import blueprint
from app.proofs.models import ProofPurpose
from app.proofs.policy import form_targets
from app.proofs.queries import may_try_face
from app.proofs.service import FaceOutcome, find_passed_proof, finish_face, spend_proof, start_face
from app.regions.queries import list_insured_regions
from app.roster.identity import clean_name
from app.roster.queries import get_person

HOLDER_NOTICES = (ConsentPurpose.family_notice, ConsentPurpose.family_agreement)


@blueprint.get("/family/new")
@access(trusted)
def new_request() -> ResponseReturnValue:
    draft = service.begin_request(current_visitor.account)
    if is_stepped_up(draft) and draft.step not in (DraftStep.notice, DraftStep.step_up) and "again" not in request.args:
        return redirect(url_for(page_of(draft)), 303)
    return _show_start(draft, _start_form(draft))


@blueprint.post("/family/new")
@access(trusted)
def create_request() -> ResponseReturnValue:
    """The boxes and the holder's PIN in one form (S26, S32, S33)."""
    draft = service.begin_request(current_visitor.account)
    form = _start_form(draft)
    by_face = request.form.get("by") == "face"
    if not form.validate_on_submit():
        return _show_start(draft, form, 422)
    service.agree_to_notices(draft, current_visitor.account, form.notices)
    if by_face:
        return _start_own_face()
    found = check_step_up(current_visitor.device, form["pin"].data or "")
    if not found.ok:
        form["pin"].errors = [found.sentence]
        return _show_start(draft, form, 429 if found.locked_until else 422)
    service.note_step_up(draft, current_visitor.session)
    return redirect(url_for(page_of(service.begin_request(current_visitor.account))), 303)


def _start_own_face() -> ResponseReturnValue:
    account = current_visitor.account
    person = get_person(account.person_id or 0)
    if not has_consent(person.id, ConsentPurpose.face_check):
        go_to("family.new_request", again=1)
    limit_face_starts()
    back = url_for("family.show_own_face", _external=True)
    handover = start_face(current_visitor.session, person, ProofPurpose.family_holder, back)
    return hand_over(handover, url_for("family.show_instructions"))


@blueprint.get("/family/new/own-face")
@access(trusted)
def show_own_face() -> ResponseReturnValue:
    """Where the provider returns the holder's browser."""
    state = request.args.get("state", "")
    outcome = finish_face(current_visitor.session, ProofPurpose.family_holder, state)
    if outcome in (FaceOutcome.pending, FaceOutcome.unavailable):
        page = render_template("family/show_face_waiting.html", outcome=outcome.value, state=state, here="family.show_own_face")
        return page, 503 if outcome is FaceOutcome.unavailable else 200
    draft = service.begin_request(current_visitor.account)
    person = get_person(current_visitor.account.person_id or 0)
    proof = find_passed_proof(current_visitor.session, person, ProofPurpose.family_holder)
    if outcome is not FaceOutcome.passed or proof is None:
        flash(_("人脸核验没有通过。可以再试一次，或者用展码密码。"), "warn")
        return redirect(url_for("family.new_request", again=1), 303)
    spend_proof(proof)
    service.note_step_up(draft, current_visitor.session)
    return redirect(url_for(page_of(service.begin_request(current_visitor.account))), 303)


@blueprint.get("/family/new/instructions")
@access(trusted)
def show_instructions() -> ResponseReturnValue:
    if CAPTURE not in session:
        go_to("family.list_members")
    instructions, back = session[CAPTURE]
    return render_template("family/show_instructions.html", instructions=instructions, back=back)


def _start_form(draft: LinkRequest) -> NoticesForm:
    """A renewal, or a draft continued later, asks only for the step-up."""
    notices = list_notices(*HOLDER_NOTICES) if draft.step is DraftStep.notice else []
    return NoticesForm.of(notices, pin=pin_field())


def _show_start(draft: LinkRequest, form: NoticesForm, status: int = 200) -> ResponseReturnValue:
    person = get_person(current_visitor.account.person_id or 0)
    g.form_action = form_targets()
    page = render_template(
        "family/new_request.html",
        form=form,
        draft=draft,
        has_face=has_consent(person.id, ConsentPurpose.face_check) and may_try_face(person),
        step=1,
        steps_total=STEPS_TOTAL,
        back_href=url_for("family.list_members"),
    )
    return page, status


@blueprint.get("/family/new/member")
@access(trusted)
def edit_member() -> ResponseReturnValue:
    draft = draft_at(DraftStep.member)
    if draft.renews_link_id is not None:
        go_to("family.edit_way")
    return _show_member(MemberForm(list_insured_regions(), data=queries.typed_in(draft)))


@blueprint.post("/family/new/member")
@access(trusted)
def update_member() -> ResponseReturnValue:
    draft = draft_at(DraftStep.member)
    form = MemberForm(list_insured_regions())
    service.save_typed(draft, form.typed)
    if not form.validate_on_submit():
        return _show_member(form, 422)
    wait = retry_after(per_hour(settings.person_lookups_per_hour), "family-member", str(current_visitor.account.id))
    if wait:
        raise TooMany(_("您试的次数太多了。"), _("请过一小时再试。您填的内容已保存。"), wait)
    found = service.identify_member(
        current_visitor.account,
        draft,
        Relation(form.relation.data),
        clean_name(form.name.data or ""),
        form.cert,
        form.region.data or "",
    )
    if isinstance(found, DomainError):
        if found.code == "region_differs":
            form.region.data = found.region
        return _show_member(form, found.status, found)
    return redirect(url_for("family.edit_way"), 303)


def _show_member(form: MemberForm, status: int = 200, refusal: DomainError | None = None) -> ResponseReturnValue:
    page = render_template(
        "family/edit_member.html",
        form=form,
        refusal=refusal,
        step=2,
        steps_total=STEPS_TOTAL,
        back_href=url_for("family.new_request", again=1),
    )
    return page, status


@blueprint.get("/family/new/way")
@access(trusted)
def edit_way() -> ResponseReturnValue:
    """If the age leaves only one way, the question is skipped."""
    draft = draft_at(DraftStep.way)
    ways = service.ways_of(draft, member_of(draft))
    if len(ways) == 1:
        service.choose_way(draft, ways[0])
        return redirect(url_for(WAY_PAGES[ways[0]]), 303)
    return _show_way(draft, WayForm(ways))


@blueprint.post("/family/new/way")
@access(trusted)
def update_way() -> ResponseReturnValue:
    draft = draft_at(DraftStep.way)
    form = WayForm(service.ways_of(draft, member_of(draft)))
    if not form.validate_on_submit():
        return _show_way(draft, form, 422)
    way = Way(form.way.data)
    service.choose_way(draft, way)
    return redirect(url_for(WAY_PAGES[way]), 303)


def _show_way(draft: LinkRequest, form: WayForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "family/edit_way.html",
        form=form,
        person=member_of(draft),
        draft=draft,
        step=3,
        steps_total=STEPS_TOTAL,
        back_href=url_for("family.list_members" if draft.renews_link_id else "family.edit_member"),
    )
    return page, status


@blueprint.post("/family/new/discarding")
@access(trusted)
def create_discarding() -> ResponseReturnValue:
    """重新开始."""
    service.discard_draft(current_visitor.account)
    return redirect(url_for("family.new_request"), 303)

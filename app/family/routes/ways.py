"""The member's own authorisation, in ways of equal rank (C4): a face here, a link, a counter code, a call."""

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import ConsentPurpose, Notice
from app.accounts.policy import trusted
from app.accounts.queries import list_notices
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.errors import DomainError
from app.family import queries, service
from app.family.forms import CallBackForm, NoticesForm, code_field
from app.family.models import DraftStep, InvitationKind, LinkRequest, RequestState, Way
from app.family.routes.answers import draft_at, go_to, hand_over, limit_face_starts, member_of, steps_total
from app.family.routes.blueprint import blueprint
from app.proofs.models import ProofPurpose
from app.proofs.policy import form_targets
from app.proofs.queries import may_try_face
from app.proofs.service import FaceOutcome, find_passed_proof, finish_face, spend_counter_code, start_face

INVITATION = "family_invitation"
AGREED = "family_face_agreed"
MEMBER_NOTICES = (ConsentPurpose.family_authorisation, ConsentPurpose.family_share)


@blueprint.get("/family/new/face")
@access(trusted)
def new_face() -> ResponseReturnValue:
    draft = draft_at(DraftStep.finish, Way.face)
    return _show_face(draft, NoticesForm.of(_face_notices()))


@blueprint.post("/family/new/face")
@access(trusted)
def create_face() -> ResponseReturnValue:
    """The phone is in the member's hands: three boxes, then the face check (S40, S42)."""
    draft = draft_at(DraftStep.finish, Way.face)
    form = NoticesForm.of(_face_notices())
    if not form.validate_on_submit():
        return _show_face(draft, form, 422)
    limit_face_starts()
    session[AGREED] = [draft.id, draft.person_id, [notice.id for notice in form.notices]]
    back = url_for("family.show_member_face", _external=True)
    handover = start_face(current_visitor.session, member_of(draft), ProofPurpose.family_member, back)
    return hand_over(handover, url_for("family.show_instructions"))


@blueprint.get("/family/new/member-face")
@access(trusted)
def show_member_face() -> ResponseReturnValue:
    """Where the provider returns the browser after the member's face check."""
    state = request.args.get("state", "")
    outcome = finish_face(current_visitor.session, ProofPurpose.family_member, state)
    if outcome in (FaceOutcome.pending, FaceOutcome.unavailable):
        page = render_template("family/show_face_waiting.html", outcome=outcome.value, state=state, here="family.show_member_face")
        return page, 503 if outcome is FaceOutcome.unavailable else 200
    draft = draft_at(DraftStep.finish, Way.face)
    proof = find_passed_proof(current_visitor.session, member_of(draft), ProofPurpose.family_member)
    notices = _face_notices()
    if session.get(AGREED) != [draft.id, draft.person_id, [notice.id for notice in notices]]:
        go_to("family.new_face")
    if outcome is not FaceOutcome.passed or proof is None:
        flash(_("人脸核验没有通过。请家人在光线好的地方再试一次，也可以换一种方式。"), "warn")
        return redirect(url_for("family.new_face"), 303)
    done = service.authorise(draft, notices, account_id=current_visitor.account.id, by=_actor(), proof=proof)
    session.pop(AGREED, None)
    return _to_result(done)


def _face_notices() -> list[Notice]:
    return list_notices(*MEMBER_NOTICES, ConsentPurpose.face_check)


def _show_face(draft: LinkRequest, form: NoticesForm, status: int = 200) -> ResponseReturnValue:
    person = member_of(draft)
    g.form_action = form_targets()
    return _show(draft, "family/new_face.html", status, form=form, has_tries=may_try_face(person))


@blueprint.get("/family/new/counter-code")
@access(trusted)
def new_counter_code() -> ResponseReturnValue:
    draft = draft_at(DraftStep.finish, Way.counter_code)
    return _show(draft, "family/new_counter_code.html", form=_counter_form())


@blueprint.post("/family/new/counter-code")
@access(trusted)
def create_counter_code() -> ResponseReturnValue:
    draft = draft_at(DraftStep.finish, Way.counter_code)
    form = _counter_form()
    if not form.validate_on_submit():
        return _show(draft, "family/new_counter_code.html", 422, form=form)
    result = spend_counter_code(current_visitor.session, member_of(draft), ProofPurpose.family_member, form["code"].data)
    if result.proof is None:
        if result.guesses_left:
            form["code"].errors = [_("这个核验码不对，请对照凭条再填一遍。还可以试 %(count)d 次。", count=result.guesses_left)]
        else:
            form["code"].errors = [_("这个核验码不能用。请家人带身份证件到医保窗口领一个新的，或拨打下面的电话。")]
        return _show(draft, "family/new_counter_code.html", 422, form=form)
    return _to_result(
        service.authorise(draft, form.notices, account_id=current_visitor.account.id, by=_actor(), proof=result.proof)
    )


def _counter_form() -> NoticesForm:
    return NoticesForm.of(list_notices(*MEMBER_NOTICES), code=code_field())


@blueprint.get("/family/new/own-phone")
@access(trusted)
def new_own_phone() -> ResponseReturnValue:
    return _show(draft_at(DraftStep.finish, Way.own_phone), "family/new_own_phone.html")


@blueprint.post("/family/new/own-phone")
@access(trusted)
def create_own_phone() -> ResponseReturnValue:
    draft = draft_at(DraftStep.finish, Way.own_phone)
    session[INVITATION] = [draft.id, service.invite(draft, InvitationKind.member)]
    return _to_result(draft)


@blueprint.post("/family/requests/<int:request_id>/invitation")
@access(trusted)
def create_invitation(request_id: int) -> ResponseReturnValue:
    """Makes a new invitation link; the older one ends."""
    asked = queries.get_request(current_visitor.account.id, request_id)
    kind = InvitationKind.voucher if asked.way is Way.vouching else InvitationKind.member
    if asked.way not in (Way.own_phone, Way.vouching) or asked.state is RequestState.draft:
        raise DomainError("no_invitation", _("这个申请不用链接。"), _("请看申请的进度。"), status=409)
    session[INVITATION] = [asked.id, service.invite(asked, kind)]
    return _to_result(asked)


@blueprint.get("/family/new/call-back")
@access(trusted)
def new_call_back() -> ResponseReturnValue:
    draft = draft_at(DraftStep.finish, Way.call_back)
    return _show(draft, "family/new_call_back.html", form=CallBackForm(service.list_free_hours()))


@blueprint.post("/family/new/call-back")
@access(trusted)
def create_call_back() -> ResponseReturnValue:
    draft = draft_at(DraftStep.finish, Way.call_back)
    form = CallBackForm(service.list_free_hours())
    if not form.validate_on_submit():
        return _show(draft, "family/new_call_back.html", 422, form=form)
    service.book_call_back(draft, form.starts_at, form.number)
    return _to_result(draft)


@blueprint.get("/family/requests/<int:request_id>/call-back")
@access(trusted)
def edit_call_back(request_id: int) -> ResponseReturnValue:
    return _show_rebooking(_bookable(request_id), CallBackForm(service.list_free_hours()))


@blueprint.post("/family/requests/<int:request_id>/call-back")
@access(trusted)
def update_call_back(request_id: int) -> ResponseReturnValue:
    """Books another hour or another number for the call."""
    asked, form = _bookable(request_id), CallBackForm(service.list_free_hours())
    if not form.validate_on_submit():
        return _show_rebooking(asked, form, 422)
    service.book_call_back(asked, form.starts_at, form.number)
    return _to_result(asked)


def _bookable(request_id: int) -> LinkRequest:
    asked = queries.get_request(current_visitor.account.id, request_id)
    if asked.way is not Way.call_back or asked.state is not RequestState.waiting_authorisation:
        go_to("family.show_request", request_id=request_id)
    return asked


def _show_rebooking(asked: LinkRequest, form: CallBackForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "family/new_call_back.html",
        form=form,
        person=member_of(asked),
        action=url_for("family.update_call_back", request_id=asked.id),
        back_href=url_for("family.show_request", request_id=asked.id),
    )
    return page, status


def _actor() -> str:
    return current_visitor.account.actor


def _to_result(asked: LinkRequest) -> ResponseReturnValue:
    return redirect(url_for("family.show_request", request_id=asked.id), 303)


def _show(draft: LinkRequest, template: str, status: int = 200, **values: object) -> ResponseReturnValue:
    page = render_template(
        template,
        **values,
        draft=draft,
        person=member_of(draft),
        action=request.path,
        step=4,
        steps_total=steps_total(draft),
        back_href=url_for("family.edit_way"),
    )
    return page, status

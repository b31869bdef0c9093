"""The page behind a link: the member agrees on their own phone, or a second relative vouches."""

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from app.accounts.models import ConsentPurpose, Notice
from app.accounts.policy import trusted
from app.accounts.queries import list_notices
from app.accounts.service import check_step_up
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.display import masked_name
from app.core.errors import DomainError
from app.family import queries, service
from app.family.forms import NoticesForm, VouchForm, code_field, pin_field
from app.family.models import Invitation, InvitationKind, Relation
from app.family.policy import RELATION_LABELS
from app.family.routes.answers import hand_over, limit_face_starts
from app.family.routes.blueprint import blueprint
from app.family.routes.ways import MEMBER_NOTICES
from app.proofs.models import IdentityProof, ProofPurpose
from app.proofs.policy import form_targets
from app.proofs.queries import may_try_face
from app.proofs.service import FaceOutcome, find_passed_proof, finish_face, spend_counter_code, start_face
from app.roster.queries import get_person

AGREED = "family_invitation_agreed"


@blueprint.get("/family/invitations/<token>")
@access(trusted)
def show_invitation(token: str) -> ResponseReturnValue:
    invitation = _open(token)
    if invitation.kind is InvitationKind.voucher:
        return _show_vouching(token, invitation, VouchForm())
    return _show(token, invitation, _form(invitation))


@blueprint.post("/family/invitations/<token>/agreement")
@access(trusted)
def create_agreement(token: str) -> ResponseReturnValue:
    """The member agrees: with the PIN if the account is theirs, else with a face check or a counter code."""
    invitation = _open(token, InvitationKind.member)
    form = _form(invitation)
    if not form.validate_on_submit():
        return _show(token, invitation, form, 422)
    if not service.needs_proof(invitation.request, current_visitor.account):
        found = check_step_up(current_visitor.device, form["pin"].data or "")
        if not found.ok:
            form["pin"].errors = [found.sentence]
            return _show(token, invitation, form, 429 if found.locked_until else 422)
        return _accept(invitation, form.notices)
    if request.form.get("by") == "counter":
        return _accept_counter_code(token, invitation, form)
    limit_face_starts()
    session[AGREED] = [invitation.id, [notice.id for notice in form.notices]]
    back = url_for("family.show_invited_face", token=token, _external=True)
    handover = start_face(current_visitor.session, service.person_of(invitation.request), ProofPurpose.family_member, back)
    return hand_over(handover, url_for("family.show_instructions"))


def _accept_counter_code(token: str, invitation: Invitation, form: NoticesForm) -> ResponseReturnValue:
    person = service.person_of(invitation.request)
    if not (form["code"].data or "").strip():
        form["code"].errors = [_("请填写窗口给您的八位数字。")]
        return _show(token, invitation, form, 422)
    result = spend_counter_code(current_visitor.session, person, ProofPurpose.family_member, form["code"].data)
    if result.proof is not None:
        return _accept(invitation, form.notices, result.proof)
    left = result.guesses_left
    form["code"].errors = [
        _("这个核验码不对，请对照凭条再填一遍。还可以试 %(count)d 次。", count=left)
        if left
        else _("这个核验码不能用。请带身份证件到医保窗口领一个新的。")
    ]
    return _show(token, invitation, form, 422)


@blueprint.get("/family/invitations/<token>/face-check")
@access(trusted)
def show_invited_face(token: str) -> ResponseReturnValue:
    state = request.args.get("state", "")
    outcome = finish_face(current_visitor.session, ProofPurpose.family_member, state)
    if outcome in (FaceOutcome.pending, FaceOutcome.unavailable):
        page = render_template(
            "family/show_face_waiting.html", outcome=outcome.value, state=state, here="family.show_invited_face", token=token
        )
        return page, 503 if outcome is FaceOutcome.unavailable else 200
    invitation = _open(token, InvitationKind.member)
    notices = list_notices(*MEMBER_NOTICES, ConsentPurpose.face_check)
    proof = find_passed_proof(current_visitor.session, service.person_of(invitation.request), ProofPurpose.family_member)
    has_agreed = session.get(AGREED) == [invitation.id, [notice.id for notice in notices]]
    if outcome is not FaceOutcome.passed or proof is None or not has_agreed:
        flash(_("人脸核验没有通过。请在光线好的地方再试一次，也可以用窗口核验码。"), "warn")
        return redirect(url_for("family.show_invitation", token=token), 303)
    return _accept(invitation, notices, proof)


@blueprint.post("/family/invitations/<token>/refusal")
@access(trusted)
def create_refusal(token: str) -> ResponseReturnValue:
    service.refuse_invitation(_open(token, InvitationKind.member), current_visitor.account)
    return render_template("family/show_answered.html", is_yes=False)


@blueprint.post("/family/invitations/<token>/vouching")
@access(trusted)
def create_vouching(token: str) -> ResponseReturnValue:
    invitation = _open(token, InvitationKind.voucher)
    form = VouchForm()
    if not form.validate_on_submit():
        return _show_vouching(token, invitation, form, 422)
    try:
        service.vouch(invitation, current_visitor.account, Relation(form.relation.data))
    except DomainError as refusal:
        if refusal.field != "relation":
            raise
        form.relation.errors = [refusal.what]
        return _show_vouching(token, invitation, form, 422)
    return render_template("family/show_answered.html", is_yes=True)


def _accept(invitation: Invitation, notices: list[Notice], proof: IdentityProof | None = None) -> ResponseReturnValue:
    service.accept_invitation(invitation, current_visitor.account, notices, proof=proof)
    session.pop(AGREED, None)
    is_activated = current_visitor.account.is_activated
    return render_template("family/show_answered.html", is_yes=True, is_member=True, is_activated=is_activated)


def _open(token: str, kind: InvitationKind | None = None) -> Invitation:
    invitation = queries.find_invitation(token)
    refusal = service.find_invitation_refusal(invitation, current_visitor.account)
    if refusal is not None or invitation is None or (kind is not None and invitation.kind is not kind):
        raise refusal or DomainError("invitation_unknown", _("这个链接不对。"), _("请让家人重新发一次。"), status=404)
    return invitation


def _form(invitation: Invitation) -> NoticesForm:
    if not service.needs_proof(invitation.request, current_visitor.account):
        return NoticesForm.of(list_notices(*MEMBER_NOTICES), pin=pin_field())
    by_counter = "counter" in (request.args.get("by"), request.form.get("by"))
    purposes = MEMBER_NOTICES if by_counter else (*MEMBER_NOTICES, ConsentPurpose.face_check)
    fields: dict[str, Field] = {"code": code_field()} if by_counter else {}
    return NoticesForm.of(list_notices(*purposes), **fields)


def _show(token: str, invitation: Invitation, form: NoticesForm, status: int = 200) -> ResponseReturnValue:
    person = service.person_of(invitation.request)
    g.form_action = form_targets()
    page = render_template(
        "family/show_invitation.html",
        token=token,
        form=form,
        holder=_holder_of(invitation),
        member=person,
        label=RELATION_LABELS[invitation.request.relation] if invitation.request.relation else "",
        has_pin=not service.needs_proof(invitation.request, current_visitor.account),
        has_tries=may_try_face(person),
        by_counter="counter" in (request.args.get("by", ""), request.form.get("by", "")),
    )
    return page, status


def _show_vouching(token: str, invitation: Invitation, form: VouchForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "family/show_vouching.html",
        token=token,
        form=form,
        holder=_holder_of(invitation),
        member=service.person_of(invitation.request),
        label=RELATION_LABELS[invitation.request.relation] if invitation.request.relation else "",
    )
    return page, status


def _holder_of(invitation: Invitation) -> str:
    person_id = invitation.request.holder.person_id
    return masked_name(get_person(person_id).name) if person_id else ""

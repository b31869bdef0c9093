"""Steps one to three of the activation: who the person is, what they agree to, and the proof of identity."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import list_notices
from app.accounts.visitor import current_visitor
from app.activation import queries, service
from app.activation.forms import ConsentForm, FaceForm, PersonForm
from app.activation.models import ActivationDraft, DraftStep
from app.activation.policy import OPTIONAL_CONSENTS, REQUIRED_CONSENTS, STEPS_TOTAL, may_activate
from app.activation.routes.answers import PAGES, draft_at, page_of
from app.activation.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError, TooMany
from app.core.limits import per_hour, retry_after
from app.core.settings import settings
from app.credentials.queries import find_credential_of
from app.proofs.models import ProofPurpose
from app.proofs.policy import form_targets
from app.proofs.queries import may_try_face
from app.proofs.service import find_passed_proof
from app.regions.queries import list_insured_regions
from app.roster.identity import clean_name
from app.roster.queries import get_person


@blueprint.get("/activation")
@access(may_activate)
def show_activation() -> ResponseReturnValue:
    draft = queries.find_draft(current_visitor.device)
    person_id = current_visitor.account.person_id
    if person_id is not None and not (draft and draft.takes_over_phone):
        credential = find_credential_of(person_id)
        if credential is not None:
            return render_template("activation/show_active.html", credential=credential, person=get_person(person_id))
    if draft is not None and draft.step is not DraftStep.person:
        return redirect(url_for(page_of(draft)), 303)
    return _show_person(_person_form(draft), draft)


@blueprint.get("/activation/person")
@access(may_activate)
def edit_person() -> ResponseReturnValue:
    draft = queries.find_draft(current_visitor.device)
    if draft is None:
        return redirect(url_for("activation.show_activation"), 303)
    return _show_person(_person_form(draft), draft)


@blueprint.post("/activation/person")
@access(may_activate)
def update_person() -> ResponseReturnValue:
    form = PersonForm(list_insured_regions())
    draft = service.save_typed(current_visitor.device, form.typed)
    if not form.validate_on_submit():
        return _show_person(form, draft, 422)
    wait = retry_after(per_hour(settings.person_lookups_per_hour), "activation-person", str(current_visitor.account.id))
    if wait:
        raise TooMany(_("您试的次数太多了。"), _("请过一小时再试，或带身份证件到医保窗口办理。您填的内容已保存。"), wait)
    found = service.identify_person(
        current_visitor.account, draft, clean_name(form.name.data or ""), form.cert, form.region.data or ""
    )
    if isinstance(found, DomainError):
        if found.code in ("region_missing", "region_differs"):
            form.region.data = found.region
        return _show_person(form, draft, found.status, found)
    return redirect(url_for("activation.new_consent"), 303)


def _person_form(draft: ActivationDraft | None) -> PersonForm:
    return PersonForm(list_insured_regions(), data=queries.typed_in(draft) if draft else {})


def _show_person(
    form: PersonForm, draft: ActivationDraft | None, status: int = 200, refusal: DomainError | None = None
) -> ResponseReturnValue:
    page = render_template("activation/edit_person.html", form=form, draft=draft, refusal=refusal, step=1, steps_total=STEPS_TOTAL)
    return page, status


@blueprint.get("/activation/consent")
@access(may_activate)
def new_consent() -> ResponseReturnValue:
    return _show_consent(draft_at(DraftStep.consent), _consent_form())


@blueprint.post("/activation/consent")
@access(may_activate)
def create_consent() -> ResponseReturnValue:
    draft = draft_at(DraftStep.consent)
    form = _consent_form()
    if not form.validate_on_submit():
        return _show_consent(draft, form, 422)
    service.agree(draft, form.agreed)
    return redirect(url_for("activation.new_proof"), 303)


def _consent_form() -> ConsentForm:
    return ConsentForm.of(list_notices(*REQUIRED_CONSENTS, *OPTIONAL_CONSENTS), REQUIRED_CONSENTS)


def _show_consent(draft: ActivationDraft, form: ConsentForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "activation/new_consent.html",
        form=form,
        draft=draft,
        person=draft.person,
        step=2,
        steps_total=STEPS_TOTAL,
        back_href=url_for(PAGES[DraftStep.person]),
    )
    return page, status


@blueprint.get("/activation/proof")
@access(may_activate)
def new_proof() -> ResponseReturnValue:
    draft = draft_at(DraftStep.proof)
    person = draft.person
    assert person is not None
    has_proof = find_passed_proof(current_visitor.session, person, ProofPurpose.activation) is not None
    if has_proof and "again" not in request.args:
        service.note_proof(draft)
        return redirect(url_for("activation.new_pin"), 303)
    if draft.step is DraftStep.pin and not has_proof:
        flash(_("上次的核验已经过了时间，请再核验一次。"), "warn")
    g.form_action = form_targets()
    return render_template(
        "activation/new_proof.html",
        form=FaceForm(),
        person=person,
        has_agreed=queries.has_agreed_to_face(draft),
        has_tries=may_try_face(person),
        step=3,
        steps_total=STEPS_TOTAL,
        back_href=url_for(PAGES[DraftStep.consent]),
    )


@blueprint.post("/activation/discarding")
@access(may_activate)
def create_discarding() -> ResponseReturnValue:
    """重新开始."""
    draft = queries.find_draft(current_visitor.device)
    if draft is not None:
        service.discard_draft(draft)
    return redirect(url_for("activation.show_activation"), 303)

"""Step four: choosing a PIN, which completes the activation; the fifth step is the open code."""

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.visitor import current_visitor
from app.activation import service
from app.activation.forms import PinForm
from app.activation.models import ActivationDraft, DraftStep
from app.activation.policy import STEPS_TOTAL, may_activate
from app.activation.routes.answers import PAGES, draft_at, go_to, out_of_order, page_of
from app.activation.routes.blueprint import blueprint
from app.core.access import access
from app.credentials.code_page import unlock_answer
from app.credentials.service import hash_display_pin
from app.proofs.models import IdentityProof, ProofPurpose
from app.proofs.service import find_passed_proof

HOLDS_HEADER = "X-Pz-Holds"


@blueprint.get("/activation/pin")
@access(may_activate)
def new_pin() -> ResponseReturnValue:
    draft = draft_at(DraftStep.pin)
    if _find_proof(draft) is None:
        go_to(page_of(draft))
    assert draft.person is not None
    return _show(PinForm(draft.person))


@blueprint.post("/activation/pin")
@access(may_activate)
def create_pin() -> ResponseReturnValue:
    """With script the form is sent by fetch and answered like an unlock: the key, and the page that draws codes with it."""
    draft = draft_at(DraftStep.pin)
    proof = _find_proof(draft)
    if proof is None or draft.person is None:
        return out_of_order(draft)
    form = PinForm(draft.person)
    if not form.validate_on_submit():
        return _show(form, 422)
    credential, opened = service.complete_activation(
        current_visitor.session,
        draft,
        proof,
        hash_display_pin(form.pin.data or ""),
        holds=request.headers.get(HOLDS_HEADER),
        wants_key=_is_fetch(),
    )
    if _is_fetch():
        return jsonify(unlock_answer(credential, opened, form.pin.data or ""))
    return redirect(url_for("credentials.show_code"), 303)


def _find_proof(draft: ActivationDraft) -> IdentityProof | None:
    if draft.person is None:
        return None
    return find_passed_proof(current_visitor.session, draft.person, ProofPurpose.activation)


def _is_fetch() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _show(form: PinForm, status: int = 200) -> ResponseReturnValue:
    if _is_fetch():
        return jsonify({"page": render_template("activation/_pin.html", form=form)}), status
    page = render_template(
        "activation/new_pin.html", form=form, step=4, steps_total=STEPS_TOTAL, back_href=url_for(PAGES[DraftStep.proof], again=1)
    )
    return page, status

"""How the pages of this feature send a visitor on, or back to the step they have reached."""

from typing import NoReturn

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.visitor import current_visitor
from app.activation.models import ActivationDraft, DraftStep
from app.activation.policy import STEPS_TOTAL, is_reached
from app.activation.queries import find_draft
from app.proofs.models import ProofPurpose
from app.proofs.service import find_passed_proof

PAGES = {
    DraftStep.person: "activation.edit_person",
    DraftStep.consent: "activation.new_consent",
    DraftStep.proof: "activation.new_proof",
    DraftStep.pin: "activation.new_pin",
}


def go_to(endpoint: str) -> NoReturn:
    abort(redirect(url_for(endpoint), 303))


def page_of(draft: ActivationDraft | None) -> str:
    """The endpoint of the step this activation has reached. An expired proof is asked for again."""
    if draft is None:
        return "activation.show_activation"
    step = draft.step
    if step is DraftStep.pin and draft.person is not None:
        proof = find_passed_proof(current_visitor.session, draft.person, ProofPurpose.activation)
        step = DraftStep.pin if proof else DraftStep.proof
    return PAGES[step]


def draft_at(step: DraftStep) -> ActivationDraft:
    """The draft, if it has reached this step. Otherwise a GET is redirected to the step it has reached and a POST is refused."""
    draft = find_draft(current_visitor.device)
    if draft is None or draft.person is None or not is_reached(draft, step):
        if request.method == "GET":
            go_to(page_of(draft))
        abort(make_response(out_of_order(draft)))
    return draft


def out_of_order(draft: ActivationDraft | None) -> ResponseReturnValue:
    is_done = draft is None and current_visitor.account.is_activated
    here = url_for("credentials.show_code") if is_done else url_for(page_of(draft))
    return render_template("activation/show_out_of_order.html", is_done=is_done, here=here, steps_total=STEPS_TOTAL), 409

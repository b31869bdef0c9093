"""重新绑定: an activated account in a browser it does not know. There an SMS alone opens only these pages."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import signed_in, trusted
from app.accounts.visitor import current_visitor
from app.activation import queries, service
from app.activation.forms import FaceForm
from app.activation.models import PinReset, Rebinding
from app.activation.routes.blueprint import blueprint
from app.activation.routes.document import ask_by_document
from app.activation.routes.errands import errand_of
from app.core.access import access
from app.core.settings import settings
from app.proofs.policy import form_targets
from app.proofs.queries import may_try_face


@blueprint.get("/re-binding")
@access(signed_in)
def show_rebinding() -> ResponseReturnValue:
    service.bind_due_devices()
    if not current_visitor.account.is_activated:
        return redirect(url_for("activation.show_activation"), 303)
    if current_visitor.is_trusted:
        requests = queries.list_requests(Rebinding, current_visitor.account)
        resets = queries.list_requests(PinReset, current_visitor.account)
        return render_template("activation/show_bound.html", requests=requests, resets=resets)
    errand = errand_of("re-binding")
    person = errand.person()
    g.form_action = form_targets()
    draft = queries.find_draft(current_visitor.device)
    return render_template(
        "activation/show_rebinding.html",
        form=FaceForm(),
        person=person,
        has_agreed=errand.has_agreed(person),
        has_tries=may_try_face(person),
        pending=queries.find_request(Rebinding, current_visitor.device.id),
        draft=draft if draft and draft.takes_over_phone else None,
    )


@blueprint.get("/re-binding/document")
@access(signed_in)
def new_document_proof() -> ResponseReturnValue:
    return _ask_by_document()


@blueprint.post("/re-binding/document")
@access(signed_in)
def create_document_proof() -> ResponseReturnValue:
    return _ask_by_document()


@blueprint.post("/re-binding/new-owner")
@access(signed_in)
def create_takeover() -> ResponseReturnValue:
    """这个号码是新办的，以前的主人不是我: begins an activation by the number's new owner."""
    if current_visitor.is_trusted:
        return redirect(url_for("activation.show_rebinding"), 303)
    service.begin_takeover(current_visitor.account, current_visitor.device)
    return redirect(url_for("activation.show_activation"), 303)


@blueprint.post("/re-binding/requests/own/cancellation")
@access(signed_in)
def create_withdrawal() -> ResponseReturnValue:
    """The waiting device withdraws its own request."""
    pending = queries.find_request(Rebinding, current_visitor.device.id)
    if pending is not None:
        service.cancel_request(pending, current_visitor.device.actor)
    return redirect(url_for("activation.show_rebinding"), 303)


@blueprint.post("/re-binding/requests/<int:rebinding_id>/cancellation")
@access(trusted)
def create_cancellation(rebinding_id: int) -> ResponseReturnValue:
    rebinding = queries.get_request(Rebinding, current_visitor.account, rebinding_id)
    service.cancel_request(rebinding, current_visitor.account.actor)
    flash(_("已取消。那台设备不能出示您的医保码。"), "done")
    return redirect(url_for("activation.show_rebinding"), 303)


def _ask_by_document() -> ResponseReturnValue:
    template = "activation/new_document_proof.html"
    return ask_by_document(errand_of("re-binding"), Rebinding, template, hours=settings.rebind_delay_hours)

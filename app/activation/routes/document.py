"""The document number in place of a face check or a counter code: a request made with it takes effect after a delay."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.visitor import current_visitor
from app.activation import queries, service
from app.activation.forms import DocumentForm
from app.activation.models import WaitingRequest
from app.activation.routes.answers import go_to
from app.activation.routes.errands import Errand
from app.core.settings import settings
from app.proofs.queries import count_cert_failures_today
from app.proofs.service import check_document


def ask_by_document(errand: Errand, model: type[WaitingRequest], template: str, *, hours: int) -> ResponseReturnValue:
    """The page and its form. hours: how long the request will wait."""
    person = errand.person()
    if not errand.may_use_document() or queries.find_request(model, current_visitor.device.id) is not None:
        go_to(errand.ways)
    form, status = DocumentForm(person.cert_type), 200
    if form.validate_on_submit():
        result = check_document(current_visitor.session, person, errand.purpose, form.cert)
        if result.proof is not None:
            service.open_request(model, current_visitor.session, result.proof)
            return redirect(url_for(errand.ways), 303)
        status = form.refuse_number(result.guesses_left)
    elif request.method == "POST":
        status = 422
    is_worn_out = count_cert_failures_today(person) >= settings.cert_guesses
    page = render_template(template, form=form, person=person, hours=hours, is_worn_out=is_worn_out, back_href=url_for(errand.ways))
    return page, status

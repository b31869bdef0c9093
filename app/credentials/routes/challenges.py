"""Answering a desk's two-digit challenge without script or without a key: typed here, answered by an `81` code from the server."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.policy import trusted
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.errors import DomainError
from app.core.settings import settings
from app.credentials import queries, service
from app.credentials.code_page import address_of, label_of
from app.credentials.forms import ChallengeForm
from app.credentials.qr import path_of

blueprint = Blueprint("challenge", __name__)


@blueprint.get("/code/challenge")
@access(trusted)
def new_answer() -> ResponseReturnValue:
    """Changes nothing, so it is a GET: without `digits` it shows the field, with them the code. The two digits are no secret."""
    session = current_visitor.session
    showable = service.find_showable(current_visitor.account, _wanted())
    if showable is None:
        return redirect(url_for("credentials.show_code"), 303)
    shown = queries.find_shown_credential(session.device_id, showable.credential_id)
    if (
        shown is None
        or shown.handle is None
        or service.end_if_ahead(shown.handle, shown.last_used)
        or not service.is_unlocked(session)
    ):
        return redirect(address_of(showable), 303)
    form = ChallengeForm(request.args, meta={"csrf": False})
    words = {"form": form, "showable": showable, "label": label_of(showable), "back": address_of(showable)}
    if "digits" not in request.args:
        return render_template("credentials/new_answer.html", **words)
    if not form.validate():
        return Response(render_template("credentials/new_answer.html", **words), 422)
    try:
        digits = service.draw_code(shown, form.digits.data or "")
    except DomainError:  # its master is gone: the next unlock makes a new presentation
        service.lock_code(session)
        return redirect(address_of(showable), 303)
    service.stay_unlocked(session)
    return render_template(
        "credentials/show_answer.html", **words, digits=digits, path=path_of(digits), lives=settings.code_past_seconds
    )


def _wanted() -> int:
    of = request.args.get("of", type=int)
    if of is not None:
        return of
    own = next((s for s in service.list_showables(current_visitor.account) if s.shown_by == "self"), None)
    return own.credential_id if own else 0

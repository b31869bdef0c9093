"""The letter on the screen: read, signed, downloaded. Only its owner sees it."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.policy import trusted
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.errors import DomainError
from app.letters import queries, service
from app.letters.forms import SignatureForm
from app.letters.models import Letter, SignatureKind
from app.letters.strokes import is_readable

blueprint = Blueprint("letters", __name__)


@blueprint.get("/letters/<int:id>")
@access(trusted)
def show_letter(id: int) -> ResponseReturnValue:
    return _show(_letter(id), SignatureForm())


@blueprint.post("/letters/<int:id>/signature")
@access(trusted)
def create_signature(id: int) -> ResponseReturnValue:
    letter, form = _letter(id), SignatureForm()
    if not form.validate_on_submit():
        return _show(letter, form, 422)
    try:
        match SignatureKind(form.kind.data):
            case SignatureKind.drawn:
                service.sign_by_drawing(letter, form.strokes.data or "")
            case SignatureKind.typed:
                service.sign_by_name(letter, form.typed_name.data or "")
            case SignatureKind.paper:
                service.sign_on_paper(letter)
    except DomainError as refusal:
        field = form.kind if refusal.field != "typed_name" else form.typed_name
        field.errors = [refusal.what + refusal.next]
        return _show(letter, form, refusal.status)
    return redirect(letter.return_to or url_for("letters.show_letter", id=id), 303)


@blueprint.get("/letters/<int:id>/pdf")
@access(trusted)
def show_pdf(id: int) -> ResponseReturnValue:
    headers = {"Content-Disposition": f'attachment; filename="letter-{id}.pdf"'}
    return Response(service.open_pdf(_letter(id)), mimetype="application/pdf", headers=headers)


def _letter(id: int) -> Letter:
    return queries.get_letter(current_visitor.account.id, id)


def _show(letter: Letter, form: SignatureForm, status: int = 200) -> ResponseReturnValue:
    """A refused form shows the drawn signature again if it is readable: nobody should sign twice because a choice was missing."""
    strokes = form.strokes.data if is_readable(form.strokes.data or "") else ""
    page = render_template("letters/show_letter.html", letter=letter, facts=queries.facts_of(letter), form=form, strokes=strokes)
    return page, status

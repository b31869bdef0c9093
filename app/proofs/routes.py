"""The stub's page, in place of the page of a real face-check provider."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access import access, anyone
from app.proofs.providers import stub

blueprint = Blueprint("proofs", __name__)


@blueprint.get("/face-check-stub/<ticket>")
@access(anyone)
def show_stub(ticket: str) -> ResponseReturnValue:
    stub.open_ticket(ticket)
    return render_template("proofs/show_stub.html", ticket=ticket)


@blueprint.post("/face-check-stub/<ticket>/result")
@access(anyone)
def create_stub_result(ticket: str) -> ResponseReturnValue:
    reference, return_url = stub.open_ticket(ticket)
    stub.decide(reference, passed=request.form.get("result") == "passed")
    return redirect(return_url, 303)

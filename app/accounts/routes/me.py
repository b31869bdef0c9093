"""我的: what the bureau knows about the visitor's account."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts import queries
from app.accounts.policy import trusted
from app.accounts.routes.blueprint import blueprint
from app.accounts.visitor import current_visitor
from app.core.access import access


@blueprint.get("/me")
@access(trusted)
def show_account() -> ResponseReturnValue:
    return render_template(
        "accounts/show_account.html",
        account=current_visitor.account,
        phone=current_visitor.phone,
        devices=queries.list_devices(current_visitor.account.id),
    )

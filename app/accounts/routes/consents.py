"""The legal texts, and what the visitor has agreed to."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries, service
from app.accounts.models import NEEDED_TO_SHOW, ConsentPurpose
from app.accounts.policy import trusted
from app.accounts.routes.blueprint import blueprint
from app.accounts.visitor import current_visitor
from app.core.access import access, anyone
from app.core.errors import NotFound


@blueprint.get("/notices/<purpose>")
@access(anyone)
def show_notice(purpose: str) -> ResponseReturnValue:
    """The version in force; the address is the purpose in kebab case."""
    known = {p.value.replace("_", "-"): p for p in ConsentPurpose}
    notice = queries.find_notice(known[purpose]) if purpose in known else None
    if notice is None:
        raise NotFound
    return render_template("accounts/show_notice.html", notice=notice)


@blueprint.get("/me/consents")
@access(trusted)
def list_consents() -> ResponseReturnValue:
    return render_template("accounts/list_consents.html", consents=queries.list_consents(current_visitor.account.id))


@blueprint.get("/me/consents/<int:consent_id>")
@access(trusted)
def show_consent(consent_id: int) -> ResponseReturnValue:
    consent = queries.get_consent(current_visitor.account.id, consent_id)
    return render_template("accounts/show_consent.html", consent=consent, ends_code=consent.notice.purpose in NEEDED_TO_SHOW)


@blueprint.post("/me/consents/<int:consent_id>/withdrawal")
@access(trusted)
def create_withdrawal(consent_id: int) -> ResponseReturnValue:
    consent = queries.get_consent(current_visitor.account.id, consent_id)
    service.withdraw_consent(consent)
    if consent.notice.purpose in NEEDED_TO_SHOW:
        flash(_("已撤回同意，医保码已停用。撤回以前办完的事不受影响。"))
    else:
        flash(_("已撤回同意。撤回以前办完的事不受影响。"))
    return redirect(url_for("accounts.list_consents"), 303)

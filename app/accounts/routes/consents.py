"""The legal texts, and what the visitor has agreed to."""

import re

from flask import flash, redirect, render_template, request, url_for
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
    """The version in force, or with `?version=` any version there ever was; the address is the purpose in kebab case."""
    known = {p.value.replace("_", "-"): p for p in ConsentPurpose}
    in_force = queries.find_notice(known[purpose]) if purpose in known else None
    version = request.args.get("version", "")
    notice = queries.find_notice_version(known[purpose], version) if in_force and version else in_force
    if notice is None:
        raise NotFound
    return render_template("accounts/show_notice.html", notice=notice, in_force=in_force, purpose=purpose)


@blueprint.get("/me/consents")
@access(trusted)
def list_consents() -> ResponseReturnValue:
    account_id = current_visitor.account.id
    return render_template(
        "accounts/list_consents.html",
        consents=queries.list_consents(account_id),
        has_outdated=bool(queries.list_outdated(account_id)),
    )


@blueprint.get("/me/consents/renewal")
@access(trusted)
def show_consent_renewal() -> ResponseReturnValue:
    """Texts this account agreed to that have since changed materially: one box each, none ticked. next: where to go afterwards."""
    return _show_renewal()


@blueprint.post("/me/consents/renewal")
@access(trusted)
def create_consent_renewal() -> ResponseReturnValue:
    """Each ticked box is one consent about the same person as the older one; what is not ticked is not agreed to."""
    account_id = current_visitor.account.id
    wanted = set(request.form.getlist("consent"))
    agreed = [consent for consent in queries.list_outdated(account_id) if str(consent.id) in wanted]
    if not agreed:
        return _show_renewal(nothing_chosen=True)
    service.renew_consents(account_id, agreed)
    flash(_("已记下您的同意。"))
    return redirect(
        _next_path() if not queries.list_outdated(account_id, NEEDED_TO_SHOW) else url_for(".show_consent_renewal"), 303
    )


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


def _show_renewal(*, nothing_chosen: bool = False) -> ResponseReturnValue:
    outdated = queries.list_outdated(current_visitor.account.id)
    if not outdated:
        return redirect(url_for("accounts.list_consents"), 303)
    in_force = {consent.id: queries.find_notice(consent.notice.purpose) for consent in outdated}
    page = render_template(
        "accounts/show_consent_renewal.html",
        outdated=outdated,
        in_force=in_force,
        needed=NEEDED_TO_SHOW,
        next_path=_next_path(),
        nothing_chosen=nothing_chosen,
    )
    return page, 422 if nothing_chosen else 200


def _next_path() -> str:
    """Back to the code or to the list of consents; no other page leads here."""
    wanted = request.values.get("next", "")
    return wanted if re.fullmatch(r"/code(?:/\d{1,19})?", wanted) else url_for("accounts.list_consents")

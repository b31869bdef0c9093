"""The home page, the list of services, larger type, and what every layout needs: whose page this is and whom to call."""

from typing import cast

from flask import Blueprint, Response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.accounts.policy import is_local_path, trusted
from app.accounts.visitor import current_visitor
from app.core.access import access, anyone
from app.core.errors import NotFound
from app.core.locale import COOKIE, LANGUAGES
from app.core.settings import settings
from app.credentials.code_page import label_of
from app.credentials.queries import find_own
from app.credentials.service import list_showables
from app.home import display_preferences, install_hint, queries
from app.home.whom_to_call import list_nearest_lines
from app.oversight import records

_YEAR_SECONDS = 365 * 86400  # fixed: how long a browser remembers the larger type

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access(anyone)
def show_home() -> ResponseReturnValue:
    status = queries.find_status()
    return render_template("home/show_home.html", status=status, hint=install_hint.find_hint() if status.can_show else None)


@blueprint.get("/services")
@access(anyone)
def list_services() -> ResponseReturnValue:
    return render_template("home/list_services.html", status=queries.find_status())


@blueprint.get("/me/records")
@access(trusted)
def list_records() -> ResponseReturnValue:
    """操作记录 of a month: the visitor's own, or with `of` those about a code this account shows, as far as it may know them."""
    account, month = current_visitor.account, records.find_month(request.args.get("month"))
    showables = list_showables(account)
    of = request.args.get("of", type=int)
    shown = next((s for s in showables if s.credential_id == of and s.shown_by == "family"), None)
    own = find_own(account.person_id) if account.person_id is not None else None
    if of is not None and shown is None and (own is None or own[0] != of):
        raise NotFound
    found = records.Records([], None)
    if shown is not None:
        found = records.list_of_relative(account, shown, month)
    elif account.person_id is not None:
        found = records.list_own(account, account.person_id, month, request.args.get("before", type=int))
    return render_template(
        "home/list_records.html",
        records=found,
        month=month,
        earlier=records.month_before(month),
        later=records.month_after(month),
        shown=shown,
        own_credential=own[0] if own else None,
        relatives=[s for s in showables if s.shown_by == "family" and s is not shown],
        label_of=label_of,
    )


@blueprint.get("/elder-mode")
@access(anyone)
def show_elder_mode() -> ResponseReturnValue:
    return render_template("home/show_elder_mode.html")


@blueprint.post("/elder-mode")
@access(anyone)
def update_elder_mode() -> ResponseReturnValue:
    """Sets larger type or higher contrast in this browser, or the standard page again; returns to the page before."""
    response = _back()
    if "elder" in request.form:
        size = request.form["elder"]
        _keep(response, display_preferences.ELDER_COOKIE, size if size in display_preferences.ELDER_SIZES else "")
    if "contrast" in request.form:
        _keep(
            response,
            display_preferences.CONTRAST_COOKIE,
            display_preferences.HIGH if request.form["contrast"] == display_preferences.HIGH else "",
        )
    return response


@blueprint.post("/install-hint/dismissal")
@access(anyone)
def create_dismissal() -> ResponseReturnValue:
    """The hint is not shown in this browser any more."""
    response = _back()
    _keep(response, install_hint.COOKIE, install_hint.DISMISSED)
    return response


@blueprint.post("/language")
@access(anyone)
def update_language() -> ResponseReturnValue:
    """Sets the language of this browser; returns to the page before."""
    response, chosen = _back(), request.form.get("language", "")
    if chosen in LANGUAGES:
        response.set_cookie(COOKIE, chosen, max_age=_YEAR_SECONDS, samesite="Lax", secure=settings.has_https, httponly=True)
    return response


def _back() -> Response:
    target = request.form.get("next", "")
    return cast(Response, redirect(target if is_local_path(target) else "/", 303))


def _keep(response: Response, cookie: str, value: str) -> None:
    """Sets the cookie for a year; an empty value deletes it. Scripts may read it, to mark pages kept for use without a network."""
    if value:
        response.set_cookie(cookie, value, max_age=_YEAR_SECONDS, samesite="Lax", secure=settings.has_https)
    else:
        response.delete_cookie(cookie)


@blueprint.record
def _offer_to_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        is_elder_mode=display_preferences.is_elder_mode,
        elder_size=display_preferences.elder_size,
        has_high_contrast=display_preferences.has_high_contrast,
        page_look=display_preferences.page_look,
        is_strange_device=queries.is_strange_device,
        own_region=queries.find_own_region,
        own_status=queries.find_status,
        hotlines_for=list_nearest_lines,
    )

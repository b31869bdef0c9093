"""The first page, larger type, and what every layout asks for: whose page this is and whom to call."""

from flask import Blueprint, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.accounts.policy import is_local_path
from app.core.access import access, anyone
from app.core.locale import COOKIE, LANGUAGES
from app.core.settings import settings
from app.home import queries

ELDER_COOKIE = "elder"
_YEAR_SECONDS = 365 * 86400

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access(anyone)
def show_home() -> ResponseReturnValue:
    return render_template("home/show_home.html", status=queries.find_status())


@blueprint.post("/elder-mode")
@access(anyone)
def update_elder_mode() -> ResponseReturnValue:
    """Larger type in this browser, or the standard page again; back to where one was."""
    target = request.form.get("next", "")
    response = redirect(target if is_local_path(target) else "/", 303)
    if request.form.get("elder") == "1":
        response.set_cookie(ELDER_COOKIE, "1", max_age=_YEAR_SECONDS, samesite="Lax", secure=settings.has_https)
    else:
        response.delete_cookie(ELDER_COOKIE)
    return response


@blueprint.post("/language")
@access(anyone)
def update_language() -> ResponseReturnValue:
    """The language of this browser from now on; back to where one was."""
    target, chosen = request.form.get("next", ""), request.form.get("language", "")
    response = redirect(target if is_local_path(target) else "/", 303)
    if chosen in LANGUAGES:
        response.set_cookie(COOKIE, chosen, max_age=_YEAR_SECONDS, samesite="Lax", secure=settings.has_https, httponly=True)
    return response


def is_elder_mode() -> bool:
    return request.cookies.get(ELDER_COOKIE) == "1"


@blueprint.record
def _offer_to_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        is_elder_mode=is_elder_mode,
        own_region=queries.find_own_region,
        own_status=queries.find_status,
        hotlines_for=queries.list_nearest_hotlines,
    )

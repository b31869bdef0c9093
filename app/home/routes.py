"""The first page, larger type, and what every layout asks for: whose page this is and whom to call."""

from flask import Blueprint, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.core.access import access, anyone
from app.core.settings import settings

ELDER_COOKIE = "elder"
_YEAR_SECONDS = 365 * 86400

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access(anyone)
def show_home() -> ResponseReturnValue:
    return render_template("home/show_home.html")


@blueprint.post("/elder-mode")
@access(anyone)
def update_elder_mode() -> ResponseReturnValue:
    """Larger type in this browser, or the standard page again; back to where one was."""
    response = redirect(_own_path(request.form.get("next", "")), 303)
    if request.form.get("elder") == "1":
        response.set_cookie(ELDER_COOKIE, "1", max_age=_YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.has_https)
    else:
        response.delete_cookie(ELDER_COOKIE)
    return response


def is_elder_mode() -> bool:
    return request.cookies.get(ELDER_COOKIE) == "1"


def own_region() -> str | None:
    return None


def nearest_hotlines(region_code: str | None) -> list[object]:
    return []


def _own_path(target: str) -> str:
    """Only a path of this site; anything else leads home."""
    is_own = target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target and "\r" not in target
    return target if is_own else "/"


@blueprint.record
def _offer_to_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(is_elder_mode=is_elder_mode, own_region=own_region, hotlines_for=nearest_hotlines)

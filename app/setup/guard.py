"""Access to the first run: a browser in which the instance folder's code was typed. Writing a new code ends the access."""

import hmac

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Rule
from app.core.crypto import vault
from app.core.errors import NotFound
from app.core.installation import is_first_run
from app.setup.service import read_code


def key_of_code() -> str:
    """A keyed hash that the browser's session keeps instead of the code."""
    return vault.keyed_hash("first-run", read_code()).hex()


def is_setting_up() -> bool:
    return is_first_run() and hmac.compare_digest(session.get("first_run", ""), key_of_code())


def _refuse() -> ResponseReturnValue:
    if is_first_run():
        return redirect(url_for("bureau.show_first_run"), 303)
    raise NotFound


while_first_run = Rule("while_first_run", is_first_run, _refuse)
setting_up = Rule("setting_up", is_setting_up, _refuse)

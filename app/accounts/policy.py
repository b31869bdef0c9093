"""The two access rules for citizens' pages: `signed_in` and `trusted`."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.visitor import current_visitor
from app.core.access import Rule

RE_BINDING = "/re-binding"


def is_local_path(target: str) -> bool:
    """Whether this is a path of this site: no host, no scheme, nothing a browser would read as one."""
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and all(32 < ord(char) != 127 and char != "\\" for char in target)
    )


def _is_signed_in() -> bool:
    return bool(current_visitor.is_authenticated)


def _is_trusted() -> bool:
    return bool(current_visitor.is_authenticated and current_visitor.is_trusted)


def _to_sign_in() -> ResponseReturnValue:
    came_for = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.new_session", next=came_for), 303)


def _to_trust() -> ResponseReturnValue:
    return redirect(RE_BINDING, 303) if _is_signed_in() else _to_sign_in()


signed_in = Rule("signed_in", _is_signed_in, _to_sign_in)
trusted = Rule("trusted", _is_trusted, _to_trust)

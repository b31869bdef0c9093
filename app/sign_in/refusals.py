"""The answers to a wrong guess and to a locked name."""

from flask_babel import gettext as _

from app.core import clock
from app.core.display import moment
from app.sign_in.service import SignInState


def why(state: SignInState, wrong: str) -> str:
    if state.locked_until is None:
        return wrong
    return str(_("试错太多次，已经锁住，%(moment)s 以后再试。", moment=moment(state.locked_until)))


def status_of(state: SignInState) -> tuple[int, dict[str, str]]:
    """The HTTP status of the answer, with its headers."""
    if state.locked_until is None:
        return 422, {}
    return 429, {"Retry-After": str(max(1, clock.seconds_until(state.locked_until)))}

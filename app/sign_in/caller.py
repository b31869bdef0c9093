"""The origin of a guess at a password."""

from app.accounts.browser import known_browser
from app.core.limits import client_network
from app.sign_in.service import Caller


def caller() -> Caller:
    """The caller of this request."""
    browser = known_browser()
    return Caller(browser.hash if browser else None, client_network())

"""Who is asking: flask-login over sessions that are stored, and ended, in the database."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, session
from flask_login import LoginManager, current_user, login_user, logout_user

from app.accounts import browser, queries, service
from app.accounts.models import Account, Device, LoginSession
from app.accounts.session_end_text import after_restore, sentence_of
from app.core import store_away
from app.core.session_cookies import note_in_use
from app.core.sessions import Present, hash_of

SEEN_EVERY = timedelta(minutes=5)  # fixed: the device list says "today", so writing a row for each page would be pointless


class Visitor(Present[LoginSession]):
    """A browser with an open session. `token` is what its cookie carries; the database knows only its keyed hash."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, found: LoginSession) -> None:
        super().__init__(found)
        self.token = token

    @property
    def account(self) -> Account:
        return self.session.account

    @property
    def device(self) -> Device:
        return self.session.device

    @property
    def is_trusted(self) -> bool:
        """A SIM is not the person: an activated account opens only on a device where the person has proved who they are."""
        return not self.account.is_activated or self.device.is_bound

    @property
    def phone(self) -> str:
        """Eleven digits; empty when the number went to somebody else."""
        return queries.phone_of(self.account)

    def get_id(self) -> str:
        return self.token


class Stranger:
    """A browser without a session."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_trusted = False
    phone = ""

    def get_id(self) -> None:
        return None


current_visitor: Visitor = current_user  # flask-login's proxy, under our name and type


def install(app: Flask) -> None:
    """flask-login without its remember cookie, whose hook would touch the session on every answer."""
    manager = LoginManager()
    manager.session_protection = None
    manager.anonymous_user = Stranger
    manager.user_loader(_load)
    setattr(app, "login_manager", manager)  # noqa: B010
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=app.config["SETTINGS"].session_absolute_days)
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.jinja_env.globals["current_visitor"] = current_visitor
    app.after_request(_note_seen)
    app.after_request(browser.hand_out_cookie)
    store_away.on_away(app, _forget)


def open_here(started: service.StartedSession) -> None:
    """From this response on the browser carries the new session; whatever it carried before is dropped."""
    session.clear()
    session.permanent = True
    browser.renew_cookie()
    login_user(Visitor(started.token, started.session))


def close_here() -> None:
    logout_user()
    session.clear()


def _load(token: str) -> Visitor | None:
    token_hash = hash_of(LoginSession, token)
    found = queries.find_open_session(token_hash)
    if found is None:
        g.dead_session = token_hash
        return None
    return Visitor(token, found)


def why_signed_out() -> str:
    """The sentence for a browser whose session has ended on the server; else empty."""
    if current_visitor.is_authenticated:
        return ""
    if g.get("is_from_before_restore"):
        return after_restore()
    if "dead_session" not in g:
        return ""
    end = queries.find_session_end(g.dead_session)
    return sentence_of(*end) if end is not None else ""


def _forget() -> None:
    g._login_user = Stranger()


def _note_seen(response: Response) -> Response:
    visitor: Any = g.get("_login_user")
    if isinstance(visitor, Visitor):
        note_in_use(visitor.session_id, visitor.seen_at, service.note_seen, every=SEEN_EVERY)
    return response

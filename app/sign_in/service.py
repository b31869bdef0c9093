"""Counts wrong guesses at sign-in so that strangers lock out only strangers (contract 1: five, then 15 minutes; ASVS 6.1.1).

A browser in which this person has signed in before has a counter of its own (OWASP's device cookies). All other guesses are counted
three times: under one name from one network, under one name from everywhere, and from one network under all names.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.accounts.browser import BROWSER_LIFETIME
from app.core import clock, guesses
from app.core.crypto import vault
from app.core.db import db, upsert
from app.core.guesses import Counter, Rule
from app.core.settings import settings
from app.core.slow_hash import hash_place
from app.sign_in.models import KnownBrowser, NamedUser
from app.sign_in.passwords import hash_anew, matches


@dataclass(frozen=True)
class Caller:
    """Where a guess comes from. browser: keyed hash of its cookie, if it sent one. network: as `core.networks` computes it."""

    browser: bytes | None
    network: str


@dataclass(frozen=True)
class SignInState:
    """ok: the guess was right. locked_until: no guess is taken before then. guesses_left: how many before it locks."""

    ok: bool
    locked_until: datetime | None = None
    guesses_left: int = 0


@dataclass(frozen=True)
class SignIn:
    """token: the browser's new session token; only its keyed hash is stored."""

    state: SignInState
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Attempt:
    """A guess under a name, counted by where it came from. subject: whose name it is, such as `staff:3`; empty if nobody's.

    is_strangers: it does not come from a browser in which this person has signed in before.
    """

    counters: tuple[Counter, ...]
    subject: str
    is_strangers: bool = False

    def take(self) -> SignInState | None:
        """Counts the guess before it is checked; None if it may be made. The last one locks at once; a right one is given back."""
        until = guesses.take_guess(self.counters)
        return SignInState(ok=False, locked_until=until) if until is not None else None

    def give_back(self) -> None:
        """The password was right, so this guess does not count. Earlier ones still do until the second factor is right too."""
        guesses.give_back(self.counters)

    def clear(self) -> None:
        """Resets the counters, once everything was right."""
        guesses.clear(self.counters)

    def state(self) -> SignInState:
        """The state after a wrong guess."""
        counts = [guesses.count_of(counter) for counter in self.counters]
        locked = max((count.locked_until for count in counts if count.locked_until), default=None)
        return SignInState(ok=False, locked_until=locked, guesses_left=min(count.guesses_left for count in counts))


def attempt_of(kind: str, name_hash: bytes, subject: str, caller: Caller) -> Attempt:
    """An attempt at a password. kind: `staff` or `operator`. name_hash: of the name as typed, even if unknown (ASVS 6.3.8)."""
    lock = timedelta(minutes=settings.staff_lock_minutes)
    own = Rule(f"{kind}_password", settings.staff_guesses, lock)
    if subject and caller.browser is not None and _is_known(subject, caller.browser):
        return Attempt((Counter(own, _key(name_hash, "browser", caller.browser.hex()), subject),), subject)
    strangers = Rule(f"{kind}_strangers", settings.staff_guesses_from_strangers, lock)
    address = Rule("sign_in_address", settings.staff_guesses_from_address, lock, forgets=timedelta(hours=1))
    counters = (
        Counter(own, _key(name_hash, "network", caller.network), subject),
        Counter(strangers, name_hash, subject),
        Counter(address, _key(b"", "network", caller.network)),
    )
    return Attempt(counters, subject, is_strangers=True)


@dataclass(frozen=True)
class TriedPassword:
    """refused: no guess could be made. newer: a right password's hash at today's cost; empty if the stored one has that cost."""

    refused: SignInState | None = None
    is_right: bool = False
    stored: str = field(default="", repr=False)
    newer: str = field(default="", repr=False)

    def keep_newer(self, user: NamedUser) -> None:
        """Stores the newer hash, unless another password was chosen meanwhile. Inside a transaction."""
        if self.newer and user.password_hash == self.stored:
            user.password_hash = self.newer


def try_password(attempt: Attempt, user: NamedUser | None, password: str) -> TriedPassword:
    """Counts a guess, then checks it. Takes as long for an unknown name as for a known one. Never inside a transaction."""
    with hash_place(is_stranger=attempt.is_strangers):
        refused = attempt.take()
        if refused is not None:
            return TriedPassword(refused)
        stored = user.password_hash if user else ""
        is_right = matches(stored, password)
        return TriedPassword(None, is_right, stored, hash_anew(stored, password) if is_right else "")


def attempt_at_factor(kind: str, subject: str) -> Attempt:
    """An attempt at the second factor. A stranger cannot lock it, because only those who know the password reach it."""
    rule = Rule(f"{kind}_factor", settings.staff_guesses, timedelta(minutes=settings.staff_lock_minutes))
    return Attempt((Counter(rule, _key(b"", "factor", subject), subject),), subject)


def remember_browser(subject: str, browser: bytes) -> None:
    """Notes that this person has signed in fully in this browser. Inside the transaction that opens the session."""
    now = clock.now()
    db.session.execute(
        upsert(KnownBrowser)
        .values(subject=subject, browser_hash=browser, seen_at=now)
        .on_conflict_do_update(index_elements=["subject", "browser_hash"], set_={"seen_at": now})
    )


def forget_old_browsers() -> None:
    """Deletes browsers whose cookie has expired since the last sign-in in them. Inside a transaction."""
    db.session.execute(delete(KnownBrowser).where(KnownBrowser.seen_at < clock.now() - BROWSER_LIFETIME))


def _is_known(subject: str, browser: bytes) -> bool:
    known = select(KnownBrowser.subject).where(KnownBrowser.subject == subject, KnownBrowser.browser_hash == browser)
    return db.session.scalar(known) is not None


def _key(name_hash: bytes, what: str, value: str) -> bytes:
    return vault.keyed_hash("guesses", f"{name_hash.hex()}:{what}:{value}")

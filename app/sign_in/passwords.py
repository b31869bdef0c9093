"""How passwords are stored: as peppered Argon2id hashes. An administrator never chooses one (ASVS 6.4.6)."""

import secrets

from flask_babel import gettext as _

from app.core.crypto import vault
from app.core.errors import DomainError
from app.core.slow_hash import is_outdated, matches_somebody, slow_hash
from app.sign_in.password_rules import MIN_CHARS, normalised, weakness

_PEPPER = "staff-password"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no two that look alike


def hash_password(password: str) -> str:
    """Slow, so never inside a transaction."""
    return slow_hash(normalised(password), vault.subkey(_PEPPER))


def matches(stored: str, password: str) -> bool:
    """Takes as long for an unknown name, whose hash is empty, as for a member's, so that the time reveals nothing (ASVS 6.3.8)."""
    return matches_somebody(stored, normalised(password), vault.subkey(_PEPPER))


def hash_anew(stored: str, password: str) -> str:
    """The hash, at today's cost, of a password that was just found right; empty if the stored hash has that cost already."""
    return hash_password(password) if is_outdated(stored) else ""


def hash_another(password: str, *, username: str, now: str, min_chars: int = MIN_CHARS) -> str:
    """The hash of a password somebody chose for themselves. now: the hash of their present password.

    Raises DomainError `password_weak` or `password_same`. min_chars: see `weakness`.
    """
    sentence = weakness(password, username, min_chars)
    if sentence is not None:
        raise DomainError("password_weak", sentence, status=422)
    if matches(now, password):
        raise DomainError("password_same", str(_("新密码和现在的一样，请换一个。")), status=422)
    return hash_password(password)


def draw_password() -> str:
    """Twenty characters in groups of five, to be typed once: about 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))

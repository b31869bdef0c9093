"""Checks what an authenticator answered, and keeps the key it made. The caller decides who may do it, and what it allows.

Every function that writes runs in its caller's transaction.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import LargeBinary, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from app.core import clock
from app.core.db import BigId, db
from app.core.on_demand import on_demand
from app.core.statements import write
from app.core.webauthn.site import Site

if TYPE_CHECKING:
    import webauthn
    from webauthn import helpers
else:
    webauthn = on_demand("webauthn")
    helpers = on_demand("webauthn.helpers")


class StoredKey(MappedAsDataclass, kw_only=True):
    """A public key that an authenticator made. key_id: the authenticator's name for it."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    key_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)


Kept = TypeVar("Kept", bound=StoredKey)


def keep_key(model: Callable[..., Kept], answer: str, challenge: bytes | None, site: Site, **owner: object) -> Kept | None:
    """answer: what `navigator.credentials.create` gave, as JSON. owner: the model's further columns.

    None when it is not good, nobody touched the authenticator, there was no fresh challenge, or the key is known already.
    """
    if challenge is None:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        key = model(
            key_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            created_at=clock.now(),
            **owner,
        )
        with db.session.begin_nested():
            db.session.add(key)
            db.session.flush()
    except (helpers.exceptions.WebAuthnException, IntegrityError):
        return None
    return key


def key_id_of(answer: str) -> bytes:
    """Which key an answer of `navigator.credentials.get` claims to be signed with; empty when it cannot be read."""
    try:
        return webauthn.base64url_to_bytes(helpers.parse_authentication_credential_json(answer).id)
    except (helpers.exceptions.WebAuthnException, ValueError):
        return b""


def is_signed(key: StoredKey | None, answer: str, challenge: bytes | None, site: Site) -> bool:
    """Whether this answer is the challenge signed with this key. If so, updates the key's sign count.

    A count that does not rise means that the key was copied; authenticators that do not count stay at 0.
    """
    if key is None or challenge is None:
        return False
    try:
        signed = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except helpers.exceptions.WebAuthnException:
        return False
    model = type(key)
    write(update(model).where(model.id == key.id).values(sign_count=signed.new_sign_count, last_used_at=clock.now()))
    return True

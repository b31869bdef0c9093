"""What every kind of passkey has in common: what an authenticator answered is read and checked here. No rows, no rules."""

from dataclasses import dataclass

from webauthn import base64url_to_bytes, verify_authentication_response, verify_registration_response
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException

from app.core.passkey_site import Site


@dataclass(frozen=True, slots=True)
class MadeKey:
    """key_id: the authenticator's name for it."""

    key_id: bytes
    public_key: bytes
    sign_count: int


def read_made(answer: str, challenge: bytes, site: Site) -> MadeKey | None:
    """answer: what `navigator.credentials.create` gave, as JSON. None when it is not good, or nobody touched the authenticator."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    return MadeKey(made.credential_id, made.credential_public_key, made.sign_count)


def key_id_of(answer: str) -> bytes | None:
    """Which key an answer of `navigator.credentials.get` says to be signed with."""
    try:
        return base64url_to_bytes(parse_authentication_credential_json(answer).id)
    except (WebAuthnException, ValueError):
        return None


def new_count(answer: str, challenge: bytes, site: Site, *, public_key: bytes, sign_count: int) -> int | None:
    """The authenticator's count after this signature; None when it is not good.

    A count that does not rise says that the passkey was copied; authenticators that do not count stay at 0.
    """
    try:
        signed = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    return signed.new_sign_count

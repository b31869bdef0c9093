"""What the browser hands to the authenticator, as JSON. known: keys that are stored already."""

from collections.abc import Iterable

from webauthn import generate_authentication_options, generate_registration_options, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorAttachment,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.core.webauthn.keys import StoredKey
from app.core.webauthn.site import Site

# For citizens the phone's own reader, which may offer the key unasked. For staff any authenticator, after they typed their name.
OWN_READER = AuthenticatorSelectionCriteria(
    authenticator_attachment=AuthenticatorAttachment.PLATFORM,
    resident_key=ResidentKeyRequirement.PREFERRED,
    user_verification=UserVerificationRequirement.REQUIRED,
)
SECOND_FACTOR = AuthenticatorSelectionCriteria(
    resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.REQUIRED
)


def options_to_sign(site: Site, challenge: bytes, known: Iterable[StoredKey]) -> str:
    """For `navigator.credentials.get`."""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.domain,
            challenge=challenge,
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def options_to_make(
    site: Site,
    challenge: bytes,
    known: Iterable[StoredKey],
    selection: AuthenticatorSelectionCriteria,
    *,
    bureau: str,
    user_id: bytes,
    user_name: str,
) -> str:
    """For `navigator.credentials.create`."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.domain,
            rp_name=bureau,
            user_id=user_id,
            user_name=user_name,
            challenge=challenge,
            authenticator_selection=selection,
            exclude_credentials=_descriptors(known),
        )
    )


def _descriptors(keys: Iterable[StoredKey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.key_id) for key in keys]

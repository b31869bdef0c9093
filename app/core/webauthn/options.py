"""What the browser hands to the authenticator, as JSON. known: keys that are stored already."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.core.on_demand import on_demand
from app.core.webauthn.keys import StoredKey
from app.core.webauthn.site import Site

if TYPE_CHECKING:
    import webauthn
    from webauthn.helpers import structs
else:
    webauthn = on_demand("webauthn")
    structs = on_demand("webauthn.helpers.structs")


def own_reader() -> "structs.AuthenticatorSelectionCriteria":
    """For citizens: the phone's own reader, which may offer the key unasked."""
    return structs.AuthenticatorSelectionCriteria(
        authenticator_attachment=structs.AuthenticatorAttachment.PLATFORM,
        resident_key=structs.ResidentKeyRequirement.PREFERRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )


def second_factor() -> "structs.AuthenticatorSelectionCriteria":
    """For staff: any authenticator, after they have typed their name."""
    return structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.DISCOURAGED, user_verification=structs.UserVerificationRequirement.REQUIRED
    )


def options_to_sign(site: Site, challenge: bytes, known: Iterable[StoredKey]) -> str:
    """For `navigator.credentials.get`."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.domain,
            challenge=challenge,
            allow_credentials=_descriptors(known),
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
    )


def options_to_make(
    site: Site,
    challenge: bytes,
    known: Iterable[StoredKey],
    selection: "structs.AuthenticatorSelectionCriteria",
    *,
    bureau: str,
    user_id: bytes,
    user_name: str,
) -> str:
    """For `navigator.credentials.create`."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.domain,
            rp_name=bureau,
            user_id=user_id,
            user_name=user_name,
            challenge=challenge,
            authenticator_selection=selection,
            exclude_credentials=_descriptors(known),
        )
    )


def _descriptors(keys: Iterable[StoredKey]) -> "list[structs.PublicKeyCredentialDescriptor]":
    return [structs.PublicKeyCredentialDescriptor(id=key.key_id) for key in keys]

"""Background tasks, and what other features' actions trigger here."""

from datetime import timedelta

from flask import Flask

from app.accounts.models import NEEDED_TO_SHOW, Account, Consent
from app.accounts.service import on_consent_withdrawn, on_device_revoked, on_signed_out, provide_step_up
from app.core import audit, background
from app.core.database.after_restore import on_restored
from app.credentials import queries, service
from app.credentials.audit_tags import CredentialTag
from app.credentials.models import EndReason

EVERY = timedelta(minutes=10)  # fixed: the ages of what is deleted are counted in hours


def register(app: Flask) -> None:
    background.register(app, "credentials.drop_old_numbers", EVERY.total_seconds(), service.drop_old_typed_codes)
    background.register(app, "credentials.drop_old_forged_tags", EVERY.total_seconds(), service.drop_old_forged_tags)
    on_restored.listen(app, service.end_what_was_open)
    audit.tell_log(app, CredentialTag.frozen, CredentialTag.ended, CredentialTag.slip_revoked)
    on_device_revoked.listen(app, _end_what_it_shows)
    on_signed_out.listen(app, _end_what_was_kept)
    on_consent_withdrawn.listen(app, _end_with_consent)
    provide_step_up.listen(app, service.try_display_pin)


def _end_what_it_shows(device_id: int, reason: str) -> None:
    service.end_presentations(device_id, EndReason(reason))


def _end_what_was_kept(device_id: int) -> None:
    """The keys the phone was given, and any copies, end with the session; the next unlock there brings new ones."""
    service.end_presentations(device_id, EndReason.signed_out)


def _end_with_consent(consent: Consent) -> None:
    """Without the consents needed to show a code the credential ends; activating again asks for them again (PIPL 15)."""
    if consent.notice.purpose not in NEEDED_TO_SHOW:
        return
    credential = queries.find_credential_of(consent.person_id)
    if credential is not None:
        service.end_credential(credential, by=Account.actor_of(consent.account_id))

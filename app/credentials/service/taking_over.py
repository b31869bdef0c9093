"""A credential that relatives created becomes its person's own. It stays the same row, so that the relatives' links remain."""

from sqlalchemy import update

from app.core import audit
from app.core.db import db, transaction
from app.core.hooks import Hook
from app.core.statements import won
from app.credentials import queries
from app.credentials.audit_tags import CredentialTag
from app.credentials.models import Credential, CredentialKind, CredentialStatus

on_taken_over: Hook[[Credential], object] = Hook(
    "credentials.on_taken_over", "A person has taken over the credential that relatives held for them, in this transaction."
)


@transaction()
def take_over_credential(person_id: int, by: str) -> Credential | None:
    """Makes the person's held credential their own, frozen or not; None when there is none, also for the slower of two requests.

    Whoever has proved to be the person may use it, so this ends a freeze by a relative.
    """
    if not won(
        update(Credential)
        .where(
            Credential.person_id == person_id,
            Credential.kind == CredentialKind.held,
            Credential.status != CredentialStatus.ended,
        )
        .values(kind=CredentialKind.own, status=CredentialStatus.active, frozen_at=None)
    ):
        return None
    credential = queries.find_credential_of(person_id)
    if credential is None:
        raise RuntimeError("what was taken over lives")
    db.session.refresh(credential)
    audit.record(CredentialTag.taken_over, actor=by, subject=credential.subject, person_id=person_id)
    on_taken_over(credential)
    return credential

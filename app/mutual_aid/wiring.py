"""What other features' actions trigger here."""

from flask import Flask

from app.accounts.service import on_consent_withdrawn
from app.core import audit
from app.mutual_aid import service
from app.mutual_aid.audit_tags import MutualAidTag


def register(app: Flask) -> None:
    audit.tell_log(app, MutualAidTag.revoked)
    on_consent_withdrawn.listen(app, service.revoke_with_consent)

"""What other features' verbs set off here."""

from flask import Flask

from app.accounts.service import on_consent_withdrawn
from app.mutual_aid import service


def register(app: Flask) -> None:
    on_consent_withdrawn(service.revoke_with_consent)

from flask import Flask

from app.accounts.service import on_device_revoked
from app.core import background
from app.credentials.service import on_unlocked
from app.passkeys import service


def register(app: Flask) -> None:
    on_device_revoked(service.remove_passkeys_of_device)
    on_unlocked(service.note_unlock)
    background.register(app, "drop old challenges of passkeys", 3600, service.drop_old_challenges)

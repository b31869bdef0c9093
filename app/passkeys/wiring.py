from flask import Flask

from app.accounts.service import on_device_revoked
from app.core import audit, background
from app.core.database.aftermath import on_restored
from app.credentials.service import on_unlocked
from app.passkeys import service
from app.passkeys.audit_tags import PasskeyTag


def register(app: Flask) -> None:
    on_restored.listen(app, service.end_what_was_open)
    audit.tell_log(app, PasskeyTag.removed)
    on_device_revoked.listen(app, service.remove_passkeys_of_device)
    on_unlocked.listen(app, service.note_unlock)
    background.register(app, "drop old challenges of passkeys", 3600, service.drop_old_challenges)

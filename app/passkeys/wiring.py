from functools import partial

from flask import Flask

from app.accounts.service import on_device_revoked
from app.core import audit, background
from app.core.database.after_restore import on_restored
from app.core.webauthn.challenges import drop_old_challenges
from app.credentials.service import on_unlocked
from app.passkeys import service
from app.passkeys.audit_tags import PasskeyTag
from app.passkeys.models import PasskeyChallenge


def register(app: Flask) -> None:
    on_restored.listen(app, service.end_what_was_open)
    audit.tell_log(app, PasskeyTag.removed)
    on_device_revoked.listen(app, service.remove_passkeys_of_device)
    on_unlocked.listen(app, service.note_unlock)
    background.register(app, "drop old challenges of passkeys", 3600, partial(drop_old_challenges, PasskeyChallenge))

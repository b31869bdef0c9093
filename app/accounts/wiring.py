"""What the accounts feature does in the background."""

from flask import Flask

from app.accounts import service
from app.accounts.audit_tags import AccountTag
from app.core import audit, background
from app.core.database.after_restore import on_restored


def register(app: Flask) -> None:
    background.register(app, "accounts.expire", 3600, service.expire)
    on_restored.listen(app, service.end_what_was_open)
    audit.tell_log(app, AccountTag.device_revoked, AccountTag.phone_changed, AccountTag.phone_lost, AccountTag.consent_withdrawn)
    background.register(app, "accounts.tell_of_new_notices", 60, service.tell_of_new_notices)

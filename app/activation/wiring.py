from flask import Flask

from app.accounts.service import on_device_revoked
from app.activation import service
from app.core import background
from app.core.database.after_restore import on_restored


def register(app: Flask) -> None:
    on_restored.listen(app, service.end_what_was_open)
    on_device_revoked.listen(app, service.cancel_requests_of_device)
    background.register(app, "drop old reports of lost phones", 3600, service.drop_old_lost_reports)
    background.register(app, "expire activation drafts", 3600, service.expire_drafts)
    background.register(app, "bind devices whose delay is over", 60, service.bind_due_devices)

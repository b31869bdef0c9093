"""What the messages feature does in the background."""

from flask import Flask

from app.core import background, jobs
from app.core.database.after_restore import on_restored
from app.messages import service


def register(app: Flask) -> None:
    on_restored.listen(app, service.end_what_was_open)
    jobs.register(app, service.SEND_SMS, service.send_outgoing)
    background.register(app, "messages.expire_outgoing", 3600, service.expire_outgoing)
    background.register(app, "messages.expire_demo_sms", 3600, service.expire_demo_sms)

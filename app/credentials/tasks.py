"""What runs by itself, and what other features' verbs set off here."""

from datetime import timedelta

from flask import Flask

from app.accounts.service import on_device_revoked, use_for_step_up
from app.core import background
from app.credentials import service
from app.credentials.models import EndReason

EVERY = timedelta(minutes=10)


def register(app: Flask) -> None:
    background.register(app, "credentials.drop_old_numbers", EVERY.total_seconds(), service.drop_old_typed_codes)
    on_device_revoked(_end_what_it_shows)
    use_for_step_up(service.try_display_pin)


def _end_what_it_shows(device_id: int, reason: str) -> None:
    service.end_presentations(device_id, EndReason(reason))

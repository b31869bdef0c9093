"""What the staff feature does in the background, and what its own kinds of approval do."""

from flask import Flask

from app.core import audit, background
from app.core.database.aftermath import on_restored
from app.staff import service
from app.staff.models import StaffTag
from app.staff.service import appointing


def register(app: Flask) -> None:
    service.on_approved(appointing.ROLES, appointing.do_roles)
    service.describe_approval(appointing.ROLES, appointing.tell_roles)
    service.on_approved(appointing.RESET, appointing.do_reset)
    service.describe_approval(appointing.RESET, appointing.tell_reset)
    service.on_approved(appointing.SECOND, appointing.do_second)
    service.describe_approval(appointing.SECOND, appointing.tell_second)
    on_restored(app, service.end_what_was_open)
    audit.tell_log(
        app, StaffTag.disabled, StaffTag.roles_changed, StaffTag.agency_changed, StaffTag.reset, StaffTag.passkey_removed
    )
    background.register(app, "staff.expire", 3600, service.expire)
    background.register(app, "staff.settle_approvals", 60, service.settle_approvals)
    background.register(app, "staff.drop_old_challenges", 3600, service.drop_old_challenges)

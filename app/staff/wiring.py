"""Registers the staff feature's background tasks and its own kinds of approval."""

from functools import partial

from flask import Flask

from app.core import audit, background
from app.core.database.after_restore import on_restored
from app.core.webauthn.challenges import drop_old_challenges
from app.staff import service
from app.staff.audit_tags import StaffTag
from app.staff.models import StaffChallenge
from app.staff.service import appointing


def register(app: Flask) -> None:
    service.provide_approval_kinds.listen(app, _list_approval_kinds)
    on_restored.listen(app, service.end_what_was_open)
    audit.tell_log(
        app, StaffTag.disabled, StaffTag.roles_changed, StaffTag.agency_changed, StaffTag.reset, StaffTag.passkey_removed
    )
    background.register(app, "staff.expire", 3600, service.expire)
    background.register(app, "staff.settle_approvals", 60, service.settle_approvals)
    background.register(app, "staff.drop_old_challenges", 3600, partial(drop_old_challenges, StaffChallenge))


def _list_approval_kinds() -> list[service.ApprovalKind]:
    return [
        service.ApprovalKind(appointing.ROLES, appointing.do_roles, appointing.tell_roles),
        service.ApprovalKind(appointing.RESET, appointing.do_reset, appointing.tell_reset),
        service.ApprovalKind(appointing.SECOND, appointing.do_second, appointing.tell_second),
    ]

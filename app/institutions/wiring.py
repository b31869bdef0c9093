from flask import Flask

from app.core import audit, background
from app.core.database.after_restore import on_restored
from app.institutions import service
from app.institutions.audit_tags import InstitutionTag
from app.institutions.service.key_requests import KIND as KEY_REQUEST
from app.staff.service import ApprovalKind, provide_approval_kinds


def register(app: Flask) -> None:
    provide_approval_kinds.listen(app, _list_approval_kinds)
    on_restored.listen(app, service.end_what_was_open)
    audit.tell_log(
        app,
        InstitutionTag.disabled,
        InstitutionTag.key_revoked,
        InstitutionTag.key_ending,
        InstitutionTag.operator_disabled,
        InstitutionTag.operator_reset,
    )
    background.register(app, "drop_operator_sessions", 3600, service.drop_operator_sessions)


def _list_approval_kinds() -> list[ApprovalKind]:
    return [ApprovalKind(KEY_REQUEST, service.grant_key, service.describe_key_request)]

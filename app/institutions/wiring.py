from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import audit, background
from app.core.database.aftermath import on_restored
from app.credentials.service import provide_scan_place
from app.credentials.uses import provide_uses
from app.institutions import queries, service
from app.institutions.policy import InstitutionTag
from app.institutions.service.key_requests import KIND as KEY_REQUEST
from app.reports.service import ReportKind, provide_report_kinds
from app.staff.rights import Right
from app.staff.service import ApprovalKind, provide_approval_kinds


def register(app: Flask) -> None:
    provide_scan_place.listen(app, queries.find_place_of_scan)
    provide_uses.listen(app, queries.list_uses)
    provide_approval_kinds.listen(app, _list_approval_kinds)
    provide_report_kinds.listen(app, _list_report_kinds)
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
    background.register(app, "drop_stored_answers", 60, service.drop_stored_answers)
    background.register(app, "drop_challenges", 60, service.drop_challenges)
    background.register(app, "drop_wrong_numbers", 600, service.drop_wrong_numbers)
    background.register(app, "drop_ec_tokens", 600, service.drop_ec_tokens)
    background.register(app, "drop_help_events", 3600, service.drop_help_events)
    background.register(app, "drop_specimen_codes", 3600, service.drop_old_specimen_codes)


def _list_approval_kinds() -> list[ApprovalKind]:
    return [ApprovalKind(KEY_REQUEST, service.grant_key, service.describe_key_request)]


def _list_report_kinds() -> list[ReportKind]:
    return [ReportKind(service.RISK_REPORT, service.run_risk_report, right=Right.set_risk_rules, title=_l("规则试算"))]

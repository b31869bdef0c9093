from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import audit, background
from app.core.database.aftermath import on_restored
from app.credentials.service import use_for_scan_place
from app.credentials.uses import use_for_uses
from app.institutions import queries, service
from app.institutions.policy import InstitutionTag
from app.institutions.service.key_requests import KIND as KEY_REQUEST
from app.reports.service import register_kind
from app.staff.rights import Right
from app.staff.service import describe_approval, on_approved


def register(app: Flask) -> None:
    use_for_scan_place(queries.find_place_of_scan)
    use_for_uses(queries.list_uses)
    on_approved(KEY_REQUEST, service.grant_key)
    describe_approval(KEY_REQUEST, service.describe_key_request)
    register_kind(service.RISK_REPORT, service.run_risk_report, right=Right.set_risk_rules, title=_l("规则试算"))
    on_restored(app, service.end_what_was_open)
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

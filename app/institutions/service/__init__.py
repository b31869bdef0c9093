"""The verbs of the institutions: they register, hold keys, scan codes, draw specimens."""

from app.institutions.service.after_restore import confirm_keys, end_what_was_open
from app.institutions.service.answers import Answer, Call, Refusal
from app.institutions.service.desk_scans import read_answer, scan_at_desk
from app.institutions.service.dry_run import PROPOSED, DryRun, dry_run_risk
from app.institutions.service.expiry import (
    drop_challenges,
    drop_ec_tokens,
    drop_help_events,
    drop_stored_answers,
    drop_wrong_numbers,
)
from app.institutions.service.key_requests import KEEP_OLD, ask_key, claim_key, describe_key_request, grant_key
from app.institutions.service.keys import end_key, issue_key, revoke_key, revoke_keys
from app.institutions.service.operator_factors import begin_factor, confirm_code, enrol_factor
from app.institutions.service.operator_sessions import (
    choose_operator_password,
    drop_operator_sessions,
    note_operator_seen,
    sign_in_operator,
    sign_out_operator,
)
from app.institutions.service.operators import NewOperator, add_operator, disable_operator, remember_business, reset_operator
from app.institutions.service.refused_calls import refuse_call
from app.institutions.service.registering import add_institution, change_institution, set_enabled
from app.institutions.service.risk_report import KIND as RISK_REPORT
from app.institutions.service.risk_report import run_risk_report
from app.institutions.service.scanning import redeem_code
from app.institutions.service.slips import write_slip
from app.institutions.service.specimens import draw_sandbox_code, drop_old_specimen_codes, ensure_specimens

__all__ = [
    "KEEP_OLD",
    "PROPOSED",
    "RISK_REPORT",
    "Answer",
    "Call",
    "DryRun",
    "NewOperator",
    "Refusal",
    "add_institution",
    "add_operator",
    "ask_key",
    "begin_factor",
    "change_institution",
    "choose_operator_password",
    "claim_key",
    "confirm_code",
    "confirm_keys",
    "describe_key_request",
    "disable_operator",
    "draw_sandbox_code",
    "drop_challenges",
    "drop_ec_tokens",
    "drop_help_events",
    "drop_old_specimen_codes",
    "drop_operator_sessions",
    "drop_stored_answers",
    "drop_wrong_numbers",
    "dry_run_risk",
    "end_key",
    "end_what_was_open",
    "enrol_factor",
    "ensure_specimens",
    "grant_key",
    "issue_key",
    "note_operator_seen",
    "read_answer",
    "redeem_code",
    "refuse_call",
    "remember_business",
    "reset_operator",
    "revoke_key",
    "revoke_keys",
    "run_risk_report",
    "scan_at_desk",
    "set_enabled",
    "sign_in_operator",
    "sign_out_operator",
    "write_slip",
]

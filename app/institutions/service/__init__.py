"""The verbs of the institutions: they register, hold keys, have operators."""

from app.institutions.service.after_restore import confirm_keys, end_what_was_open
from app.institutions.service.key_requests import KEEP_OLD, ask_key, claim_key, describe_key_request, grant_key
from app.institutions.service.keys import end_key, issue_key, revoke_key, revoke_keys
from app.institutions.service.operator_factors import begin_factor, confirm_code, enrol_factor
from app.institutions.service.operator_sessions import (
    choose_operator_password,
    drop_operator_sessions,
    sign_in_operator,
    sign_out_operator,
)
from app.institutions.service.operators import add_operator, disable_operator, remember_business, reset_operator
from app.institutions.service.registering import add_institution, change_institution, set_enabled

__all__ = [
    "KEEP_OLD",
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
    "drop_operator_sessions",
    "end_key",
    "end_what_was_open",
    "enrol_factor",
    "grant_key",
    "issue_key",
    "remember_business",
    "reset_operator",
    "revoke_key",
    "revoke_keys",
    "set_enabled",
    "sign_in_operator",
    "sign_out_operator",
]

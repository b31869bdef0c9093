"""The verbs of the institutions: they register, hold keys, scan codes, draw specimens."""

from app.institutions.service.answers import Answer, Call, Refusal
from app.institutions.service.dry_run import PROPOSED, DryRun, dry_run_risk
from app.institutions.service.expiry import (
    drop_challenges,
    drop_ec_tokens,
    drop_help_events,
    drop_stored_answers,
    drop_wrong_numbers,
)
from app.institutions.service.refused_calls import refuse_call
from app.institutions.service.registering import add_institution, issue_key, revoke_key, revoke_keys, set_enabled
from app.institutions.service.scanning import redeem_code
from app.institutions.service.specimens import draw_sandbox_code, drop_old_specimen_codes, ensure_specimens

__all__ = [
    "PROPOSED",
    "Answer",
    "Call",
    "DryRun",
    "Refusal",
    "add_institution",
    "draw_sandbox_code",
    "drop_challenges",
    "drop_ec_tokens",
    "drop_help_events",
    "drop_old_specimen_codes",
    "drop_stored_answers",
    "drop_wrong_numbers",
    "dry_run_risk",
    "ensure_specimens",
    "issue_key",
    "redeem_code",
    "refuse_call",
    "revoke_key",
    "revoke_keys",
    "set_enabled",
]

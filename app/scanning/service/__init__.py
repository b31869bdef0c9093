"""The verbs of scanning: a code is used up, a desk asks back, an integrator draws specimens."""

from app.scanning.service.after_restore import end_what_was_open
from app.scanning.service.answers import Answer, Call, Refusal
from app.scanning.service.desk_scans import read_answer, scan_at_desk
from app.scanning.service.dry_run import PROPOSED, dry_run_risk
from app.scanning.service.ec_query import redeem_code
from app.scanning.service.expiry import (
    drop_challenges,
    drop_ec_tokens,
    drop_help_events,
    drop_stored_answers,
    drop_wrong_numbers,
)
from app.scanning.service.refused_calls import refuse_call
from app.scanning.service.risk_report import KIND as RISK_REPORT
from app.scanning.service.risk_report import run_risk_report
from app.scanning.service.slips import write_slip
from app.scanning.service.specimens import draw_sandbox_code, drop_old_specimen_codes, ensure_specimens

__all__ = [
    "PROPOSED",
    "RISK_REPORT",
    "Answer",
    "Call",
    "Refusal",
    "draw_sandbox_code",
    "drop_challenges",
    "drop_ec_tokens",
    "drop_help_events",
    "drop_old_specimen_codes",
    "drop_stored_answers",
    "drop_wrong_numbers",
    "dry_run_risk",
    "end_what_was_open",
    "ensure_specimens",
    "read_answer",
    "redeem_code",
    "refuse_call",
    "run_risk_report",
    "scan_at_desk",
    "write_slip",
]

"""The verbs of scanning: a code is used up, a desk asks for digits, an integrator draws specimens."""

from app.scanning.service.after_restore import end_what_was_open as end_what_was_open
from app.scanning.service.answers import Answer as Answer
from app.scanning.service.answers import Call as Call
from app.scanning.service.answers import Refusal as Refusal
from app.scanning.service.desk_scans import read_answer as read_answer
from app.scanning.service.desk_scans import scan_at_desk as scan_at_desk
from app.scanning.service.dry_run import PROPOSED as PROPOSED
from app.scanning.service.dry_run import dry_run_risk as dry_run_risk
from app.scanning.service.ec_query import redeem_code as redeem_code
from app.scanning.service.expiry import drop_challenges as drop_challenges
from app.scanning.service.expiry import drop_ec_tokens as drop_ec_tokens
from app.scanning.service.expiry import drop_help_events as drop_help_events
from app.scanning.service.expiry import drop_stored_answers as drop_stored_answers
from app.scanning.service.expiry import drop_wrong_numbers as drop_wrong_numbers
from app.scanning.service.refused_calls import refuse_call as refuse_call
from app.scanning.service.risk_report import KIND
from app.scanning.service.risk_report import run_risk_report as run_risk_report
from app.scanning.service.slips import write_slip as write_slip
from app.scanning.service.specimens import draw_sandbox_code as draw_sandbox_code
from app.scanning.service.specimens import drop_old_specimen_codes as drop_old_specimen_codes
from app.scanning.service.specimens import ensure_specimens as ensure_specimens

RISK_REPORT = KIND

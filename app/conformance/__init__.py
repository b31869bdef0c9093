"""What a plug-in has to keep to, for its own tests: each function lists the faults it found, a sentence each.

In app/ and not in tests/, because somebody else's package is tested beside an installation, which need not hold our tests; and
it needs no pytest.
"""

from app.conformance.face_checks import FaceCheckTrial, list_face_check_faults
from app.conformance.job_runners import JobRunnerTrial, list_job_runner_faults
from app.conformance.roster_sources import RosterSourceTrial, list_roster_source_faults
from app.conformance.sms_senders import SmsSenderTrial, list_sms_sender_faults

__all__ = [
    "FaceCheckTrial",
    "JobRunnerTrial",
    "RosterSourceTrial",
    "SmsSenderTrial",
    "list_face_check_faults",
    "list_job_runner_faults",
    "list_roster_source_faults",
    "list_sms_sender_faults",
]

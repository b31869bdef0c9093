"""Conformance checks that a plug-in runs in its own tests: each function lists the faults it found, one sentence each.

In app/ and not in tests/, because somebody else's package is tested against an installation, which need not contain our tests.
It needs no pytest.
"""

from app.conformance.face_checks import FaceCheckTrial as FaceCheckTrial
from app.conformance.face_checks import list_face_check_faults as list_face_check_faults
from app.conformance.job_runners import JobRunnerTrial as JobRunnerTrial
from app.conformance.job_runners import list_job_runner_faults as list_job_runner_faults
from app.conformance.roster_sources import RosterSourceTrial as RosterSourceTrial
from app.conformance.roster_sources import list_roster_source_faults as list_roster_source_faults
from app.conformance.sms_senders import SmsSenderTrial as SmsSenderTrial
from app.conformance.sms_senders import list_sms_sender_faults as list_sms_sender_faults

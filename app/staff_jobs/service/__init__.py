"""The acts of staff jobs; the only writer of their table."""

from app.staff_jobs.kinds import Outcome as Outcome
from app.staff_jobs.kinds import Progress as Progress
from app.staff_jobs.kinds import Replaced as Replaced
from app.staff_jobs.kinds import StaffJobKind as StaffJobKind
from app.staff_jobs.kinds import provide_staff_job_kinds as provide_staff_job_kinds
from app.staff_jobs.service.requests import open_file as open_file
from app.staff_jobs.service.requests import start_staff_job as start_staff_job
from app.staff_jobs.service.retention import delete_old as delete_old
from app.staff_jobs.service.running import RUN_STAFF_JOB as RUN_STAFF_JOB
from app.staff_jobs.service.running import run_staff_job as run_staff_job
from app.staff_jobs.service.running import scratch_file as scratch_file

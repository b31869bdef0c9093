"""Work for which nobody waits: a row written with the business change, taken by one of those who look, brought back when lost."""

from app.core.jobs.ledger import enqueue, enqueue_late, enqueue_once, every, register, withdraw
from app.core.jobs.models import Job, JobState
from app.core.jobs.running import renew, run_job, run_next, sweep
from app.core.jobs.workers import problems, start_inside

__all__ = [
    "Job",
    "JobState",
    "enqueue",
    "enqueue_late",
    "enqueue_once",
    "every",
    "problems",
    "register",
    "renew",
    "run_job",
    "run_next",
    "start_inside",
    "sweep",
    "withdraw",
]

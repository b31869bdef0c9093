"""Work for which nobody waits: a row written with the business change, taken by one worker, and brought back when it gets lost."""

from app.core.jobs.ledger import enqueue as enqueue
from app.core.jobs.ledger import enqueue_late as enqueue_late
from app.core.jobs.ledger import enqueue_once as enqueue_once
from app.core.jobs.ledger import every as every
from app.core.jobs.ledger import register as register
from app.core.jobs.ledger import withdraw as withdraw
from app.core.jobs.models import Job as Job
from app.core.jobs.models import JobState as JobState
from app.core.jobs.running import renew as renew
from app.core.jobs.running import run_job as run_job
from app.core.jobs.running import run_next as run_next
from app.core.jobs.running import sweep as sweep
from app.core.jobs.workers import problems as problems
from app.core.jobs.workers import start_inside as start_inside

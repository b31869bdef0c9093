"""The audit log: rows with a MAC, written in the business transaction and sealed in order by an elected sealer and by commands."""

from app.core.audit.log import compose as compose
from app.core.audit.log import forget_written as forget_written
from app.core.audit.log import has_written as has_written
from app.core.audit.log import record as record
from app.core.audit.models import AuditRow as AuditRow
from app.core.audit.models import AuditSeal as AuditSeal
from app.core.audit.revocations import tell_log as tell_log
from app.core.audit.seal import seal_pending as seal_pending
from app.core.audit.seal import seal_written as seal_written
from app.core.audit.verify import verify as verify

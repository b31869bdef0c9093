"""The audit log: plain keyed rows in the business transaction, sealed in order by an elected sealer and by commands."""

from app.core.audit.log import compose, forget_written, has_written, record
from app.core.audit.models import AuditRow, AuditSeal
from app.core.audit.seal import seal_pending, seal_written
from app.core.audit.taking import tell_log
from app.core.audit.verify import verify

__all__ = [
    "AuditRow",
    "AuditSeal",
    "compose",
    "forget_written",
    "has_written",
    "record",
    "seal_pending",
    "seal_written",
    "tell_log",
    "verify",
]

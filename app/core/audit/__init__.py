"""The audit log: plain keyed rows in the business transaction, sealed in order by one elected sealer."""

from app.core.audit.log import record
from app.core.audit.models import AuditRow, AuditSeal, AuditTag
from app.core.audit.seal import seal_pending
from app.core.audit.taking import tell_log
from app.core.audit.verify import Finding, Report, verify

__all__ = ["AuditRow", "AuditSeal", "AuditTag", "Finding", "Report", "record", "seal_pending", "tell_log", "verify"]

"""What staff fill in, a module for each section of the desk."""

from app.bureau.forms.audit import AuditForm
from app.bureau.forms.calls import MessageForm, SearchForm
from app.bureau.forms.cases import DecisionForm

__all__ = ["AuditForm", "DecisionForm", "MessageForm", "SearchForm"]

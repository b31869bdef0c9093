"""The forms that staff fill in, one module for each section of the bureau's pages."""

from app.bureau.forms.audit import AuditForm as AuditForm
from app.bureau.forms.calls import MessageForm as MessageForm
from app.bureau.forms.calls import SearchForm as SearchForm
from app.bureau.forms.cases import DecisionForm as DecisionForm

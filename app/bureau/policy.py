"""Who may not act for whom at the desk; which role has which right stands in `staff/rights.py`."""

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.staff.models import StaffMember


def refuse_oneself(staff: StaffMember, person_id: int) -> None:
    """Nobody acts on their own record, at the telephone, the window or in the roster. Raises DomainError `own_person`."""
    if staff.person_id == person_id:
        raise DomainError("own_person", _("这是您自己，请让同事来办。"), status=403)

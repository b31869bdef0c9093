"""Reads of staff: members, sessions, what waits for a second pair of eyes, messages."""

from app.staff.queries.approvals import get_approval, list_asked_by, list_open_about, list_settled, list_waiting_for
from app.staff.queries.members import (
    MEMBERS_SHOWN,
    find_staff,
    get_handover,
    get_staff,
    list_active,
    list_colleagues,
    list_handovers,
    list_reached,
    list_staff,
    name_hash,
    names_of,
    names_of_actors,
    regions_of,
    totp_secret_of,
)
from app.staff.queries.messages import count_unread, list_staff_messages
from app.staff.queries.passkeys import find_staff_passkey, get_staff_passkey, has_factor, has_passkey, list_staff_passkeys
from app.staff.queries.sessions import find_open_session, get_own_session, list_open_sessions

__all__ = [
    "MEMBERS_SHOWN",
    "count_unread",
    "find_open_session",
    "find_staff",
    "find_staff_passkey",
    "get_approval",
    "get_handover",
    "get_own_session",
    "get_staff",
    "get_staff_passkey",
    "has_factor",
    "has_passkey",
    "list_active",
    "list_asked_by",
    "list_colleagues",
    "list_handovers",
    "list_open_about",
    "list_open_sessions",
    "list_reached",
    "list_settled",
    "list_staff",
    "list_staff_messages",
    "list_staff_passkeys",
    "list_waiting_for",
    "name_hash",
    "names_of",
    "names_of_actors",
    "regions_of",
    "totp_secret_of",
]

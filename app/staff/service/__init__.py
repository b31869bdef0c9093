"""The verbs of staff: joining, signing in with two factors, roles, leaving. The only writer of their tables."""

from app.staff.service.attempts import SignInState, expire
from app.staff.service.members import (
    NewStaff,
    Reset,
    add_staff,
    change_agency,
    change_roles,
    disable_staff,
    note_refused,
    reset_staff,
)
from app.staff.service.passwords import choose_password, hash_password
from app.staff.service.sessions import (
    Confirmation,
    SignIn,
    begin_sign_in,
    confirm_second_factor,
    end_session,
    note_seen,
    sign_out,
)

__all__ = [
    "Confirmation",
    "NewStaff",
    "Reset",
    "SignIn",
    "SignInState",
    "add_staff",
    "begin_sign_in",
    "change_agency",
    "change_roles",
    "choose_password",
    "confirm_second_factor",
    "disable_staff",
    "end_session",
    "expire",
    "hash_password",
    "note_refused",
    "note_seen",
    "reset_staff",
    "sign_out",
]

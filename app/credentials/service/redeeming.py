"""The use of a code: it counts once, and a use voids all older codes of its presentation.

Plain Core statements on the caller's connection: this is the busiest path of the system.
"""

from datetime import datetime

from sqlalchemy import Connection, Update, bindparam, select, update

from app.core.prepared import PreparedChange
from app.credentials.models import Credential, CredentialStatus, Presentation, Slip
from app.roster.models import InsuredPerson, InsuredStatus

SPENDING: Update = (
    update(Presentation)
    .where(Presentation.handle == bindparam("the_handle"), Presentation.last_used < bindparam("issued_at"))
    .values(
        last_used=bindparam("issued_at"),
        uses_since_seen=Presentation.uses_since_seen + 1,
        last_scan_id=bindparam("scan_id"),
        challenge_until=bindparam("challenge_until"),
        challenge_misses=0,
    )
)
# Also checks that nothing a bureau or a holder can end has ended since the code was read. A join would be slow on SQLite.
SPENDING_IN_FORCE: Update = SPENDING.where(
    Presentation.ends_at.is_(None),
    select(Credential.status).where(Credential.id == bindparam("credential_id")).scalar_subquery() == CredentialStatus.active,
    select(InsuredPerson.status).where(InsuredPerson.id == bindparam("person_id")).scalar_subquery() == InsuredStatus.normal,
)
_SPEND = PreparedChange(SPENDING)
_USE_SLIP = PreparedChange(update(Slip).where(Slip.handle == bindparam("the_handle")).values(used_at=bindparam("used_at")))


def spend_code(connection: Connection, handle: str, issued_at: int, scan_id: int, *, challenge_until: int = 0) -> bool:
    """Uses up the code and every code of the presentation issued in that second or earlier. False: another request was faster.

    challenge_until: until when the desk waits for two digits (Unix seconds); 0 when it does not, which ends an older challenge.
    """
    values = {"the_handle": handle, "issued_at": issued_at, "scan_id": scan_id, "challenge_until": challenge_until}
    return _SPEND.won(connection, values)


def note_slip_used(connection: Connection, handle: str, now: datetime) -> None:
    _USE_SLIP.changed(connection, {"the_handle": handle, "used_at": now})


def note_challenge_miss(connection: Connection, handle: str, *, is_over: bool) -> None:
    """The digits received were not the desk's: the phone says so, and asks again unless the challenge is over."""
    changes: dict[str, object] = {"challenge_misses": Presentation.challenge_misses + 1}
    connection.execute(
        update(Presentation).where(Presentation.handle == handle).values(**changes | ({"challenge_until": 0} if is_over else {}))
    )

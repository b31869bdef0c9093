"""After a restore from a backup: what was answered, asked and given out in the time that is lost is good no more."""

from sqlalchemy import delete

from app.core.database.after_restore import Ends
from app.core.db import transaction
from app.core.statements import changed, write
from app.scanning.models import Challenge, EcToken, StoredAnswer


@transaction()
def end_what_was_open() -> Ends:
    for table in (StoredAnswer, Challenge):
        write(delete(table))
    return Ends({"tokens that hospitals held": changed(delete(EcToken))})

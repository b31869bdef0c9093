"""After a restore from a backup: stored answers, challenges and ecTokens are no longer valid."""

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

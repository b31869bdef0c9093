"""Whether the secrets of the running settings belong to a database: shown by opening something that is stored under each."""

from sqlalchemy import Connection, select, text

from app.core.audit.keys import row_mac
from app.core.audit.models import AuditRow
from app.core.crypto import vault

_MEANT = "put back the secrets.env of the bureau this database belongs to."


class SecretsDoNotFit(RuntimeError):
    """A secret opens nothing of this database; the message names it."""


def misfits(connection: Connection) -> list[str]:
    """Sentences for secrets of the running settings that are not this database's."""
    found = []
    if _fits_audit(connection) is False:
        found.append(f"AUDIT_KEY is not the one of this database: {_MEANT}")
    if _fits_data(connection) is False:
        found.append(f"DATA_KEY is not the one of this database: {_MEANT}")
    return found


def adopt(connection: Connection) -> list[str]:
    """Proves each secret by opening something stored; sentences of the unproved. Raises SecretsDoNotFit."""
    if found := misfits(connection):
        raise SecretsDoNotFit(found[0])
    return []


def _fits_audit(connection: Connection) -> bool | None:
    row = connection.execute(select(AuditRow.__table__).order_by(AuditRow.id.desc()).limit(1)).mappings().first()
    return None if row is None else row_mac(dict(row)) == row["row_mac"]


def _fits_data(connection: Connection) -> bool | None:
    asked = text("SELECT cert_no_encrypted, cert_no_hash FROM insured_person LIMIT 1")
    row = connection.execute(asked).first()
    if row is None:
        return None
    try:
        vault.decrypt("cert_no", row.cert_no_encrypted, bound_to=row.cert_no_hash)
    except ValueError:
        return False
    return True

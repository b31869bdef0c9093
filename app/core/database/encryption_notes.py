"""What an operator is told about the encryption of backups, before a backup is stolen."""

from app.core.database.encrypting import BadRecipient, read_recipients
from app.core.logs import log
from app.core.settings import settings


def problems() -> list[str]:
    try:
        read_recipients(settings.backup_recipients)
    except BadRecipient as error:
        return [f"BACKUP_RECIPIENTS: {error}."]
    return []


def notes() -> list[str]:
    """Says nothing about a demo's backups: its people are invented."""
    if settings.is_demo or settings.backup_recipients:
        return []
    return [
        "Backups are not encrypted, and show names, birth dates, sex and regions of everybody to whoever has the file: "
        "make a key with `flask backup new-key` on another machine and set BACKUP_RECIPIENTS to its public half."
    ]


def warn() -> None:
    """Logs the sentences when a server starts, where nobody reads but the log shipper."""
    for sentence in problems() + notes():
        log.warning("backups_not_encrypted", sentence=sentence)

"""ecToken: what an accepted scan returns, for the settlement that follows."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from app.core.crypto import vault
from app.core.db import table_of
from app.core.prepared import PreparedChange
from app.core.settings import settings
from app.scanning.models import EcToken
from app.scanning.queries.scan import Caller
from app.scanning.service.attempts import Line

TOKEN_COLUMNS = ("token_hash", "scan_id", "credential_id", "institution_id", "business_type", "expires_at")
_INSERT_TOKEN = PreparedChange(insert(table_of(EcToken)), TOKEN_COLUMNS)


def issue_token(connection: Connection, caller: Caller, line: Line, now: datetime) -> str:
    token, row = draw_token(caller, line, now)
    _INSERT_TOKEN.changed(connection, row)
    return token


def draw_token(caller: Caller, line: Line, now: datetime) -> tuple[str, dict[str, object]]:
    """32 opaque characters, and their row: stored as a keyed hash, bound to institution and business type."""
    token = secrets.token_urlsafe(24)
    return token, {
        "token_hash": vault.keyed_hash("ec-token", token),
        "scan_id": line.scan_id,
        "credential_id": line.shown.credential_id,
        "institution_id": caller.id,
        "business_type": line.request.business_type,
        "expires_at": now + timedelta(hours=settings.ec_token_hours),
    }

"""Replacing a key by a new one: what is written into secrets.env. The database is told afterwards."""

from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from app.core import clock
from app.core.keys import sweeping
from app.core.keys.adoption import Place
from app.core.keys.secrets_file import new_master, new_secret
from app.core.locks import exclusive
from app.core.settings import settings
from app.key_lists import Key, read_keys, write_keys

MASTERS = "CODE_MASTERS"
_DAY = 86400  # fixed: seconds


class CannotRotate(RuntimeError):
    """The key cannot be replaced now; the message says why in one sentence without its full stop."""


def rotate(known: dict[str, str], family: str, place: Place, minutes: int) -> str:
    """Puts a new key into `known`, the values of secrets.env, and returns a sentence that says so. Raises CannotRotate."""
    if family == MASTERS:
        return _rotate_masters(known, place.highest.get(family, 0))
    return _add_key(known, family, place.highest.get(family, 0), int(clock.timestamp()) + minutes * 60)


def _add_key(known: dict[str, str], family: str, highest: int, begins: int) -> str:
    keys = read_keys(known.get(family, ""))
    if not keys:
        raise CannotRotate(f"{family} is not in secrets.env: run `flask keys init` or put the file back")
    if keys[0].begins > clock.timestamp():
        raise CannotRotate(f"{family} {keys[0].id} was made already and begins at {moment(keys[0].begins)}")
    if family == "DATA_KEY":
        _require_peace()
    made = Key(max(highest, keys[0].number) + 1, new_secret(), begins)
    known[family] = write_keys((made, *keys))
    return f"{family} {made.id} writes from {moment(begins)} on; until then restart every web server and `flask jobs run`"


def _require_peace() -> None:
    """Raises CannotRotate while work is under way that needs all its rows under one key. A lock that cannot be asked is free."""
    for lock in {column.info["sealed"].lock for column in sweeping.marked_columns() if "sealed" in column.info} - {""}:
        with suppress(SQLAlchemyError), exclusive(lock) as is_alone:
            if not is_alone:
                raise CannotRotate(f"{lock} is under way: wait until it is over")


def _rotate_masters(known: dict[str, str], highest: int) -> str:
    stamp, overlap = int(clock.timestamp()), settings.master_overlap_days * _DAY
    entries = [entry for entry in known.get(MASTERS, "").split(",") if entry]
    retired = [entry if entry.count(":") == 3 else f"{entry}:{stamp}" for entry in entries]
    kept = [entry for entry in retired if int(entry.rsplit(":", 1)[1]) > stamp - overlap]
    newest = max([highest, *(int(entry.split(":")[0].lstrip("m")) for entry in entries)])
    known[MASTERS] = ",".join([new_master(settings.code_digest, newest), *kept])
    return f"master m{newest + 1} draws from the next start on; {len(kept)} retired kept, {len(retired) - len(kept)} dropped"


def moment(seconds: float) -> str:
    """In China's time."""
    return f"{clock.local(datetime.fromtimestamp(seconds, UTC)):%Y-%m-%d %H:%M:%S}"

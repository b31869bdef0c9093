"""Whether the running secrets are those a database was made with. Everything works on a connection, on a backup's snapshot too.

`adopt`, `found`, `replace_unproved` and `add_rotated` write, and need a transaction of the caller; the others only read.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, update

from app.core import clock
from app.core.keys.checks import (
    CHECKS,
    MASTERS,
    PLAIN,
    begins_of,
    family_of,
    fits,
    id_of,
    insert_checks,
    is_master,
    made_with,
    read_checks,
    running_secrets,
    running_values,
    secrets_of,
)
from app.core.keys.proving import Evidence, list_masters_in_use, try_audit_key, try_data_key


class SecretsDoNotFit(RuntimeError):
    """A database's content was made with other secrets. sentences: one for each of them."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def misfits(connection: Connection) -> list[str]:
    """One sentence for each running secret that does not fit this database's check values; none when there are none stored."""
    stored, running = read_checks(connection), running_secrets()
    known = [name for name in stored if is_master(name)]
    shared = [name for name in known if name in running]
    asked = [name for name in stored if not is_master(name) and (name in running or _is_asked_for(stored[name]))]
    wrong = [name for name in (*asked, *shared) if not _fits(stored[name], running)]
    found = [_misfit(connection, stored[name], is_missing=name not in running) for name in wrong]
    if known and not shared:  # masters come and go by rotation, but never all at once
        found.append(_misfit(connection, stored[known[-1]], is_missing=not any(map(is_master, running))))
    return found


def adopt(connection: Connection) -> list[str]:
    """Writes the check values of the running secrets that the database lacks, once what is stored does not refuse them.

    Returns a sentence for each secret that nothing proved. Raises SecretsDoNotFit, and writes nothing, when what is stored refuses
    a secret, when one is missing, or when one does not fit a check value that is there.
    """
    return _write(connection, is_new=False)


def found(connection: Connection) -> None:
    """For a database that is filled for the first time: it gets the running secrets' check values. Raises SecretsDoNotFit."""
    _write(connection, is_new=True)


def replace_unproved(connection: Connection) -> list[str]:
    """As `adopt`, but first deletes check values that nothing proved and that do not fit: they may be those of wrong secrets."""
    running = running_secrets()
    for name, row in read_checks(connection).items():
        if not row.is_proved and not _fits(row, running):
            connection.execute(CHECKS.delete().where(CHECKS.c.name == name))
    return adopt(connection)


def add_rotated(connection: Connection, values: Mapping[str, str]) -> None:
    """Adds the new keys of a family if the database knows another key of it that fits. values: as in secrets.env."""
    known, secrets = read_checks(connection), secrets_of(values)
    fitting = {family_of(name) for name, key in secrets.items() if name in known and fits(known[name], key)}
    new = {name: key for name, key in secrets.items() if name not in known and family_of(name) in fitting}
    insert_checks(connection, new, proved=new, begins=begins_of(values))


def list_unproved(connection: Connection) -> list[str]:
    """A sentence for each running secret whose check value was written on trust."""
    running = running_secrets()
    unproved = [name for name, row in read_checks(connection).items() if name in running and not row.is_proved]
    return [_unproved(name) for name in sorted(unproved, key=lambda name: (is_master(name), name))]


def find_absent_master(connection: Connection) -> str:
    """The id of the newest master this database knows, if the running secrets lack it, being an older copy; otherwise empty."""
    known = [name for name in read_checks(connection) if is_master(name)]
    return id_of(known[-1]) if known and known[-1] not in running_secrets() else ""


def highest_numbers(connection: Connection) -> dict[str, int]:
    """The number of the last key of each family made for this database, including dropped ones."""
    found: dict[str, int] = {}
    for name in read_checks(connection):
        number, family = id_of(name)[1:], family_of(name)
        if number.isdecimal():
            found[family] = max(found.get(family, 0), int(number))
    return found


def _write(connection: Connection, *, is_new: bool) -> list[str]:
    running, checks = running_secrets(), read_checks(connection)
    evidence = _require_fitting(connection, running, settled={name for name, row in checks.items() if row.is_proved})
    if is_new:
        proved = set(running)
    else:
        proved = {name for name, seen in evidence.items() if seen.is_proof}
        proved |= {name for name in running if family_of(name) in proved}
        known = {family_of(name) for name in checks}  # a new key beside a known one of its family came by rotation
        proved |= {name for name in running if family_of(name) in known and name not in checks}
    new = {name: key for name, key in running.items() if name not in checks}
    insert_checks(connection, new, proved, begins_of(running_values()))
    connection.execute(update(CHECKS).where(CHECKS.c.name.in_(proved & checks.keys())).values(is_proved=True))
    if wrong := misfits(connection):  # another process was faster, with other secrets
        raise SecretsDoNotFit(wrong)
    return list_unproved(connection)


def _require_fitting(connection: Connection, running: dict[str, bytes], settled: set[str]) -> dict[str, Evidence]:
    """The evidence for the secrets that stored rows can prove. Raises SecretsDoNotFit when the evidence is against one.

    settled: secrets that were proved before. Their check value decides, even if rows were damaged since.
    """
    missing = [family for family in (*PLAIN, MASTERS) if family not in map(family_of, running)]
    if wrong := misfits(connection) or [f"{name} is missing: {made_with(connection)}." for name in missing]:
        raise SecretsDoNotFit(wrong)
    evidence = {"DATA_KEY": try_data_key(connection), "AUDIT_KEY": try_audit_key(connection)}
    wrong = [
        f"{name} fits {seen.opened} of {seen.tried} rows of this database that were tried: {made_with(connection)}."
        for name, seen in evidence.items()
        if seen.is_refusal and name not in settled
    ]
    in_use = {f"{MASTERS} {master}" for master in list_masters_in_use(connection)}
    if in_use and not in_use & running.keys():
        wrong.append(f"The codes in use were drawn from other CODE_MASTERS: {made_with(connection)}.")
    if wrong:
        raise SecretsDoNotFit(wrong)
    return evidence


def _is_asked_for(row: Any) -> bool:
    """Whether every process needs this key: it was not dropped, and something may have been written under it already."""
    return row.dropped_at is None and (row.begins_at is None or row.begins_at <= clock.now())


def _fits(row: Any, running: dict[str, bytes]) -> bool:
    return row.name in running and fits(row, running[row.name])


def _misfit(connection: Connection, row: Any, *, is_missing: bool) -> str:
    secret = family_of(row.name)
    if is_missing and not is_master(row.name) and secret in map(family_of, running_secrets()):
        return f"{secret} lacks its key {id_of(row.name)}, which this database needs: {made_with(connection)}, its newest copy."
    if is_missing:
        return f"{secret} is missing, and this database was made with one: {made_with(connection)}."
    ordinal = f" ({id_of(row.name)})" if " " in row.name else ""
    what = f"other {MASTERS}{ordinal}" if is_master(row.name) else f"another {secret}{ordinal}"
    end = "" if row.is_proved else "; if the present one is right, run `flask keys adopt`, because nothing proved the other"
    return f"This database was made with {what}: {made_with(connection)}{end}."


def _unproved(name: str) -> str:
    said = f"{family_of(name)} ({id_of(name)})" if " " in name else name
    return f"{said} is unproved: nothing is stored that it could open. Compare it with your copy of secrets.env."

"""Backups, and what somebody may have done to one."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Members = list[tuple[tarfile.TarInfo, bytes]]


def read_members(source: Path) -> Members:
    with tarfile.open(source, "r:gz") as archive:
        found = []
        for member in archive:
            stream = archive.extractfile(member)
            found.append((member, stream.read() if stream else b""))
    return found


def write_members(target: Path, members: Members) -> Path:
    with tarfile.open(target, "w:gz") as archive:
        for member, data in members:
            if member.isreg():
                member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return target


def rebuilt(source: Path, change: Callable[[Members], object]) -> Path:
    """A copy beside it, its members as `change` has left them."""
    members = read_members(source)
    change(members)
    return write_members(source.with_name(f"changed-{source.name}"), members)


def with_manifest(source: Path, **changes: Any) -> Path:
    """A copy whose manifest says something else; its MAC is left as it was."""

    def lie(members: Members) -> None:
        place = next(i for i, (member, _data) in enumerate(members) if member.name == "manifest.json")
        said = json.loads(members[place][1]) | changes
        members[place] = (members[place][0], json.dumps(said).encode())

    return rebuilt(source, lie)


def manifest_of(source: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(next(data for member, data in read_members(source) if member.name == "manifest.json"))
    return said


def member(name: str, data: bytes = b"x", **changes: Any) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    for field, value in changes.items():
        setattr(entry, field, value)
    return entry, data

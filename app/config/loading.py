"""Reads the settings: `.env` of the working directory, then `secrets.env` of the instance; the environment wins over both."""

import os
from collections.abc import Mapping
from dataclasses import Field
from enum import StrEnum
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from app.config.checks import bounds_text
from app.config.fields import Setting
from app.config.misspelt import find_misspelt
from app.config.process import default_mode
from app.config.settings import ALL, Settings, SettingsError

SECRETS_FILE = "secrets.env"
DEFAULT_MODE = "PINGZHENG_DEFAULT_MODE"  # the APP_MODE to use if none is set; `make` sets it
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def load_settings(environ: Mapping[str, str] | None = None, *, default_mode: str | None = None) -> Settings:
    """Reads `.env`, the instance's secrets and the environment.

    Raises SettingsError if a value cannot be read; its message then lists every other problem too.
    """
    told, instance = _gather(environ, default_mode)
    values, unread = read_values(ALL, told)
    _complete(values, instance)
    values["misspelt"] = tuple(find_misspelt(told, {*ALL, *(s.formerly for _, s in ALL.values() if s.formerly), DEFAULT_MODE}))
    settings = Settings(**values)
    if unread:
        raise SettingsError("\n".join([*unread, *settings.problems()]))
    return settings


def read_values(known: Mapping[str, tuple[Field[Any], Setting]], told: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Reads each setting under its name or its former name.

    Returns the values keyed by field, and a sentence for each value that cannot be read.
    """
    values: dict[str, Any] = {}
    unread = []
    for name, (one, setting) in known.items():
        raw = told.get(name) or told.get(setting.formerly)
        if raw:
            try:
                values[one.name] = _parse(one.type, raw)
            except (ValueError, KeyError):
                unread.append(_cannot_read(name, one.type, raw, setting))
    return values, unread


def _gather(environ: Mapping[str, str] | None, mode: str | None) -> tuple[dict[str, str], Path]:
    """All variables from the files and the environment, and the instance folder."""
    told: dict[str, str] = {}
    if environ is None:
        told |= _read_file(".env")
        environ = os.environ
    told |= environ
    instance = Path(told.get("INSTANCE_PATH") or "instance").resolve()
    if (instance / SECRETS_FILE).is_file():
        told = _read_file(instance / SECRETS_FILE) | told
    told.setdefault("APP_MODE", mode or told.get(DEFAULT_MODE) or default_mode())
    return told, instance


def _read_file(path: Path | str) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def _complete(values: dict[str, Any], instance: Path) -> None:
    """Fills in defaults that depend on the instance folder, and normalises the public origin and the database's address."""
    values["instance_path"] = instance
    if "public_origin" in values:
        values["public_origin"] = values["public_origin"].strip().rstrip("/").lower()
    values.setdefault("database_url", f"sqlite:///{instance / 'pingzheng.sqlite3'}")
    values.setdefault("documents_url", (instance / "documents").as_uri())
    scheme, separator, rest = values["database_url"].partition("://")
    if separator and scheme in ("postgres", "postgresql"):
        values["database_url"] = f"postgresql+psycopg://{rest}"


def _parse(kind: Any, raw: str) -> Any:
    if kind is bool:
        return _FLAGS[raw.strip().lower()]
    return kind(raw)


def _cannot_read(name: str, kind: Any, raw: str, setting: Setting) -> str:
    if issubclass(kind, StrEnum):
        return f"{name}={raw} is none of its values: set it to {' or '.join(kind)}."
    if kind is bool:
        return f"{name}={raw!r} cannot be read as a switch: set it to 1 or 0."
    what = "a whole number" if kind is int else "a number"
    return f"{name}={raw!r} cannot be read as {what}: set it to {bounds_text(setting)}."

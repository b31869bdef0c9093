"""Reads the settings: `.env` of the working directory, then `secrets.env` of the instance; the environment wins over both."""

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from app.config import SECRETS_FILE, Settings, SettingsError, default_mode_name


def load_settings(environ: Mapping[str, str] | None = None, *, default_mode: str | None = None) -> Settings:
    """Reads `.env`, the instance's secrets and the environment.

    Raises SettingsError naming the variable whose value cannot be read.
    """
    env: dict[str, str] = {}
    if environ is None:
        env |= {k: v for k, v in dotenv_values(".env").items() if v is not None}
        environ = os.environ
    merged = {**env, **environ}
    instance = Path(merged.get("INSTANCE_PATH") or "instance").resolve()
    secrets_file = instance / SECRETS_FILE
    if secrets_file.is_file():
        merged = {**{k: v for k, v in dotenv_values(secrets_file).items() if v is not None}, **merged}
    merged.setdefault("APP_MODE", default_mode or merged.get("PINGZHENG_DEFAULT_MODE") or default_mode_name())

    values: dict[str, Any] = {}
    for f in fields(Settings):
        raw = merged.get(f.name.upper())
        if raw is not None and raw != "":
            values[f.name] = _parse(f.name.upper(), f.type, raw)
    values["instance_path"] = instance
    if "public_origin" in values:
        values["public_origin"] = values["public_origin"].strip().rstrip("/").lower()
    values.setdefault("database_url", f"sqlite:///{instance / 'pingzheng.sqlite3'}")
    values.setdefault("documents_url", (instance / "documents").as_uri())
    url = values["database_url"]
    if url.startswith(("postgres://", "postgresql://")):
        values["database_url"] = "postgresql+psycopg://" + url.split("://", 1)[1]
    return Settings(**values)


def _parse(name: str, kind: Any, raw: str) -> Any:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}[
                raw.strip().lower()
            ]
        return kind(raw)
    except (ValueError, KeyError):
        raise SettingsError(f"{name}={raw!r} cannot be read as {getattr(kind, '__name__', kind)}.") from None

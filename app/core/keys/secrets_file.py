"""`secrets.env` in the instance folder, mode 0600: the secrets of an installation that keeps them beside its data."""

import secrets
from pathlib import Path

from dotenv import dotenv_values

from app.config import SECRETS_FILE
from app.core.private_files import replace_private


def secrets_path(instance: Path) -> Path:
    return instance / SECRETS_FILE


def read_secrets(instance: Path) -> dict[str, str]:
    return {k: v for k, v in dotenv_values(secrets_path(instance)).items() if v}


def write_secrets(instance: Path, values: dict[str, str]) -> None:
    """Replaces the file in one step, so that a crash leaves either the old or the new file."""
    instance.mkdir(parents=True, exist_ok=True)
    replace_private(secrets_path(instance), "".join(f"{name}={value}\n" for name, value in values.items()))


def new_secret() -> str:
    return secrets.token_urlsafe(36)


def new_master(digest: str, known: int) -> str:
    """`id:digest:hex`, the form of one entry in CODE_MASTERS."""
    return f"m{known + 1}:{digest}:{secrets.token_hex(32)}"

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.config import Mode, Settings, load_settings

# Made for tests and used nowhere else.
SECRETS = {
    "SECRET_KEY": "iWq8Zr3vT1yKx5Lb9Nc7Mf2Ph4Jd6Gs0Ua-EoVtYwRkBn",
    "DATA_KEY": "Qm4Xz7Lk2Vb9Ty1Rw6Np3Hs8Gd5Jf0Cc-AaUuEeIiOoMt",
    "AUDIT_KEY": "Zp9Yx2Wv5Ut8Sr1Qo4Nm7Lk0Ji3Hg6Fe-DdCcBbAaGq",
    "CODE_MASTERS": "m1:sha256:7d1f0a93c85be2467e9b30d4f6a1582c93e07b4d6fa8150cb2e4973d86f1a05c",
}

HASH_WORK = "4"  # a hash in less than a millisecond: hashing as it is done, for tests that are about something else
HASHES_AT_ONCE = "64"  # so that guesses sent at the same moment meet at the counter and not before it


def demo_environ(database_url: str, instance_path: Path, **more: str) -> dict[str, str]:
    """What a process of the demo needs to be told."""
    return {
        "PATH": os.environ["PATH"],
        "APP_MODE": "demo",
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(instance_path),
        "TEST_HASH_WORK": HASH_WORK,
        "HASHES_AT_ONCE": HASHES_AT_ONCE,
        **SECRETS,
        **more,
    }


def make_settings(*, database_url: str, instance_path: Path, **changes: Any) -> Settings:
    """Settings as the demo has them, on this database, with these changes."""
    environ = demo_environ(database_url, instance_path, JOB_RUNNER="immediate")
    if changes.get("app_mode") is Mode.production:
        del environ["TEST_HASH_WORK"]
    return replace(load_settings(environ), **changes)

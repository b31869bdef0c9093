"""Where files are kept: a folder of the instance, or an S3 bucket by `DOCUMENTS_URL=s3://bucket/folder`.

Knows nothing of their content. Names are relative paths that we make ourselves; obstore refuses any that leave the folder.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

import obstore
from flask import current_app
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from app.core.settings import settings

ORPHAN_AFTER = timedelta(days=1)  # fixed: a younger file may belong to a row that is just being written

S3_TIMEOUT = "20s"
MARK = "installation"  # says whose store this is (`core.store_mark`); it belongs to no feature, so it is not listed


class NoSuchBlob(LookupError):
    """Nothing is kept under this name."""


class StoreUnavailable(RuntimeError):
    """The store did not answer, or refused; the message holds no key."""


def put(name: str, data: bytes) -> None:
    """Writes the file, replacing an older one. Raises StoreUnavailable."""
    store = _store()
    try:
        obstore.put(store, name, data, use_multipart=False)
    except (BaseError, OSError) as error:
        raise _unavailable(error) from None
    if (folder := local_folder()) is not None:
        (folder / name).chmod(0o600)


def get(name: str) -> bytes:
    """Raises NoSuchBlob, StoreUnavailable."""
    try:
        return bytes(obstore.get(_store(), name).bytes())
    except FileNotFoundError:
        raise NoSuchBlob(name) from None
    except (BaseError, OSError) as error:
        raise _unavailable(error) from None


def is_there(name: str) -> bool:
    """Raises StoreUnavailable."""
    try:
        obstore.head(_store(), name)
    except FileNotFoundError:
        return False
    except (BaseError, OSError) as error:
        raise _unavailable(error) from None
    return True


def delete(name: str) -> None:
    """Deleting what is not there is no error. Raises StoreUnavailable."""
    try:
        obstore.delete(_store(), name)
    except FileNotFoundError:
        pass
    except (BaseError, OSError) as error:
        raise _unavailable(error) from None


def list_names(prefix: str = "") -> Iterator[tuple[str, datetime]]:
    """(name, time of writing) of every file below `prefix`. Raises StoreUnavailable."""
    try:
        for batch in obstore.list(_store(), prefix or None):
            for meta in batch:
                if meta["path"] != MARK:
                    yield meta["path"], meta["last_modified"]
    except (BaseError, OSError) as error:
        raise _unavailable(error) from None


def local_folder() -> Path | None:
    """None when the files are kept in a store elsewhere."""
    url = urlparse(settings.documents_url)
    return Path(url2pathname(url.path)) if url.scheme == "file" else None


def _store() -> Any:
    app: Any = current_app
    store = app.extensions.get("blob_store")
    if store is None:
        store = app.extensions["blob_store"] = _open()
    return store


def _open() -> Any:
    folder = local_folder()
    if folder is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return LocalStore(folder)
    url = urlparse(settings.documents_url)
    if url.scheme != "s3" or not url.netloc:
        raise StoreUnavailable("DOCUMENTS_URL is neither file:///folder nor s3://bucket/folder")
    options: dict[str, Any] = {"virtual_hosted_style_request": False, "region": settings.s3_region or "us-east-1"}
    if settings.s3_endpoint:
        options["endpoint"] = settings.s3_endpoint
    return S3Store(
        url.netloc,
        prefix=url.path.strip("/") or None,
        access_key_id=settings.s3_access_key,
        secret_access_key=settings.s3_secret_key,
        client_options={"allow_http": settings.s3_endpoint.startswith("http://"), "timeout": S3_TIMEOUT},
        retry_config={"max_retries": 2},
        **options,
    )


def _unavailable(error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"the store of the documents did not answer as it should ({type(error).__name__})")

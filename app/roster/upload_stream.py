"""The one form with a file larger than any other body: the file is encrypted while it arrives, before a view is called."""

from typing import IO, cast

from flask import g, request
from flask_babel import gettext as _

from app.config import Settings
from app.core.bodies import MEGABYTE, ORDINARY
from app.core.db import db
from app.core.errors import DomainError
from app.core.flask_types import itself
from app.core.settings import settings
from app.roster.service import Receiving


class _Nowhere:
    """A sink for files that the form has no field for."""

    def write(self, data: bytes) -> int:
        return len(data)

    def seek(self, _offset: int) -> int:
        return 0

    def close(self) -> None:
        pass


def largest(settings: Settings) -> int:
    """The most bytes the whole form may have."""
    return (settings.roster_max_megabytes + 1) * MEGABYTE


def expect_upload(*, may_send: bool) -> None:
    """Called before anything reads the body. Raises DomainError `sign_in` for a large body from a sender without the right."""
    db.session.rollback()  # so that no snapshot is held during a slow upload
    if may_send:
        request.max_content_length = largest(settings)
        setattr(itself(request), "_get_file_stream", _open_stream)  # noqa: B010
    elif (request.content_length or 0) > ORDINARY:
        raise DomainError("sign_in", _("您的登录已经过期，文件没有收下。"), _("请重新登录，再传一次。"), status=401)


def _open_stream(*_args: object, **_known: object) -> IO[bytes]:
    if "receiving" in g:
        return cast(IO[bytes], _Nowhere())
    g.receiving = Receiving()
    return cast(IO[bytes], g.receiving)


def received() -> Receiving | None:
    """The complete file of this request; None if the form had none."""
    found: Receiving | None = g.get("receiving")
    return found


def clean_up(_error: BaseException | None = None) -> None:
    """Deletes, at the end of the request, a file that was not kept because it broke off or was refused."""
    found = g.pop("receiving", None)
    if found is not None:
        found.close()

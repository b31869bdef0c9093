"""What every kind of session needs at the edge of a request: the cookie that carries it, and noting when it was last in use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, g, request

from app.core import clock, outages
from app.core.settings import settings


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie of one kind of session, sent to this site only and gone when the browser is closed."""

    kind: str

    @property
    def name(self) -> str:
        return f"__Host-pz-{self.kind}" if settings.has_https else f"pz-{self.kind}"

    def read(self) -> str:
        """The token that came with this request, or empty."""
        return request.cookies.get(self.name, "")

    def carry(self, token: str) -> None:
        """From this response on the browser carries this session; an empty token deletes the cookie."""
        setattr(g, self._new_token, token)

    def hand_out(self, response: Response) -> Response:
        """To be called after each request."""
        token = g.pop(self._new_token, None)
        if token:
            response.set_cookie(self.name, token, path="/", secure=settings.has_https, httponly=True, samesite="Strict")
        elif token is not None:
            response.delete_cookie(self.name, path="/", secure=settings.has_https, httponly=True, samesite="Strict")
        return response

    @property
    def _new_token(self) -> str:
        return f"new_{self.kind}_token"


def note_in_use(session_id: int, seen_at: datetime, note_seen: Callable[[int], None], *, every: timedelta) -> None:
    """Notes that the session is in use, at most once per `every`: a session without requests for some time ends."""
    if clock.now() - seen_at < every:
        return
    try:
        note_seen(session_id)
    except Exception as error:  # answering the request matters more than noting when the session was last seen
        if not outages.is_store_failure(error):
            raise
        outages.store_failed(error)

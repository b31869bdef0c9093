"""One request while it arrives, piece by piece, and whether it is complete: until then it takes no thread.

gunicorn's own parsers judge every byte; only what they have not judged yet is kept here.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from gunicorn.asgi.parser import ParseError, PythonProtocol
from gunicorn.http.errors import LimitRequestHeaders, NoMoreData
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader
from gunicorn.util import unquote_to_wsgi_str

from app.core.bodies import ORDINARY
from app.core.proxy.needs import BAD_BODY, HEAD_BYTES, TOO_LARGE

_END = b"\r\n\r\n"
_IN_CHUNKS = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"  # makes gunicorn's parser read what follows as chunks


class IncomingRequest:
    """cfg: gunicorn's. client: its address. largest: the largest body, in bytes, by the decoded path of the request.

    rest: what came and is not judged yet. refusal: the status with which the body is refused, and then not kept. streams: the head
    is here and the body is too large to wait for; its reader takes `rest` first, then reads from the socket.
    """

    def __init__(self, cfg: Any, client: Any, largest: Callable[[str], int]) -> None:
        self._cfg = cfg
        self._client = client
        self._largest = largest
        self.rest = bytearray()
        self.request: Any = None
        self.body = BytesIO()
        self.refusal = 0
        self.streams = False
        self.length = 0
        self._scanned = 0
        self._most = 0
        self._chunks: Any = None

    @property
    def has_begun(self) -> bool:
        return self.request is not None or bool(self.rest)

    @property
    def held_bytes(self) -> int:
        return len(self.rest) + self.body.tell()

    @property
    def body_bytes(self) -> int:
        return len(self.body.getbuffer())

    def refuse(self, status: int) -> None:
        """Refuses the body and drops what is here of it."""
        self.refusal = status
        self.body = BytesIO()

    def take(self, data: bytes) -> bool:
        """Returns whether the request is complete or refused. Raises what gunicorn's parser raises at an invalid head."""
        self.rest += data
        if self.request is None and not self._take_head():
            return False
        return self._take_chunks() if self._chunks is not None else self._take_length()

    def wants_continue(self) -> bool:
        """Whether the client waits to be told to send its body; True only once."""
        wants = self.request is not None and self.request._expected_100_continue
        if wants:
            self.request._expected_100_continue = False
        return bool(wants)

    def _take_head(self) -> bool:
        end = self.rest.find(_END, self._scanned)
        self._scanned = max(len(self.rest) - len(_END) + 1, 0)
        if end < 0 and not self._is_hopeless():
            return False
        size = end + len(_END) if end >= 0 else len(self.rest)
        try:
            self.request = Request(self._cfg, _Held(bytes(self.rest[:size])), self._client)
        except NoMoreData:
            size = len(self.rest)
        if self.request is None or size > HEAD_BYTES:
            raise LimitRequestHeaders("the head is too large")
        del self.rest[:size]
        self._judge_body()
        return True

    def _is_hopeless(self) -> bool:
        """Whether gunicorn will reject the head: it is too large, or a line ends without CR LF."""
        return len(self.rest) > HEAD_BYTES or self.rest.count(b"\n") != self.rest.count(b"\r\n")

    def _judge_body(self) -> None:
        """Judges the body by the head alone. gunicorn has refused a head with two lengths, or with a length and chunks, already."""
        said = {name: value for name, value in self.request.headers if name in ("CONTENT-LENGTH", "TRANSFER-ENCODING")}
        self.length = int(said.get("CONTENT-LENGTH", 0))
        most = self._largest(unquote_to_wsgi_str(self.request.path)) if self.length or "TRANSFER-ENCODING" in said else ORDINARY
        if self.length > most:
            self.refusal = TOO_LARGE
        elif self.length > ORDINARY:
            self.streams = True
        elif "TRANSFER-ENCODING" in said:
            self._most = min(most, ORDINARY)  # a larger body must come with its length
            self._chunks = PythonProtocol(on_body=self._take_piece)
            self._chunks.feed(_IN_CHUNKS)

    def _take_length(self) -> bool:
        if self.refusal or self.streams:
            return True
        missing = self.length - self.body.tell()
        self.body.write(self.rest[:missing])
        del self.rest[:missing]
        if self.body.tell() < self.length:
            return False
        self.body.seek(0)
        return True

    def _take_chunks(self) -> bool:
        try:
            self._chunks.feed(bytes(self.rest))
        except ParseError:
            self.refusal = BAD_BODY
        self.rest.clear()
        if self.refusal:
            return True
        if not self._chunks.is_complete:
            return False
        self.rest += self._chunks.remaining()
        self.body.seek(0)
        return True

    def _take_piece(self, piece: bytes) -> None:
        if self.body.tell() + len(piece) > self._most:
            self.refusal = self.refusal or TOO_LARGE
        elif not self.refusal:
            self.body.write(piece)


class _Held(Unreader):  # type: ignore[misc]
    """Gives gunicorn's parser the bytes that are here, and then the end."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.unread(data)

    def chunk(self, size_hint: int | None = None) -> bytes:
        return b""

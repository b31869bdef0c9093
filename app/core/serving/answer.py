"""One response: a thread gets it from the app, and works for other clients while this client reads slowly."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from gunicorn.http.body import Body, LengthReader
from gunicorn.http.wsgi import create

from app.core.bodies import REFUSED
from app.core.serving.connection import Connection
from app.core.serving.streamed_body import StreamedBody


class Answer:
    """worker: gunicorn's, with its settings, log and app. may_keep: whether the connection may stay open for another request."""

    def __init__(self, worker: Any, connection: Connection, *, may_keep: bool) -> None:
        self._worker = worker
        self._out = connection.out
        self._began = time.monotonic()
        self._items: Any = None
        self._rest: Iterator[bytes] = iter(())
        arriving = connection.arriving
        self._request = arriving.request
        self._request.body = arriving.body
        if arriving.refusal:
            arriving.wants_continue()  # clears the wish, so that the client is not told to send a body that nobody reads
        elif arriving.streams:
            source = StreamedBody(connection.sock, bytes(arriving.rest), worker.pause)
            self._request.body = Body(LengthReader(source, arriving.length))
        worker.cfg.pre_request(worker, self._request)
        self._response, self._environ = create(self._request, self._out, connection.client, connection.server, worker.cfg)
        self._environ["wsgi.multithread"] = True
        if arriving.refusal:
            self._environ[REFUSED] = arriving.refusal
            for name in ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
                self._environ.pop(name, None)
        if arriving.refusal or arriving.streams or not may_keep:
            self._response.force_close()

    @property
    def has_begun(self) -> bool:
        return bool(self._response.headers_sent)

    @property
    def keeps_open(self) -> bool:
        return not self._response.should_close()

    def go_on(self) -> bool:
        """Writes on. True when all is written; False when the client has to read some of it first. Raises what the app raises."""
        if self._items is None:
            self._items = self._worker.wsgi(self._environ, self._response.start_response)
            self._rest = iter(self._items)
        for item in self._rest:
            self._response.write(item)
            self._out.push()
            if self._out.is_behind:
                return False
        self._response.close()
        self._out.push()
        return True

    def end(self) -> None:
        """Logs the request and lets the app clean up. Called once, whether or not the response is complete."""
        worker = self._worker
        try:
            worker.log.access(self._response, self._request, self._environ, timedelta(seconds=time.monotonic() - self._began))
            if hasattr(self._items, "close"):
                self._items.close()
            worker.cfg.post_request(worker, self._request, self._environ, self._response)
        except Exception:
            worker.log.exception("Error after a request")

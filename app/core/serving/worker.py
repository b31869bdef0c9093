"""gunicorn's threaded worker, whose poller collects complete requests, so that a thread never waits for a client.

A client may send nothing, half a head or half a body, or read its response as slowly as it likes. Until its request is complete,
and while it reads, it only costs the poller a few thousand bytes, and has a deadline; when there is no more room, the client that
has waited longest is dropped. A body too large to be kept is read as it comes, by threads reserved for such bodies.
"""

import errno
import selectors
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.errors import ConfigError
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from app.core import bodies
from app.core.proxy import needs
from app.core.serving.answer import Answer
from app.core.serving.client_watch import LOOK_SECONDS, PIECE, ClientWatchWorker
from app.core.serving.connection import Connection, State
from app.core.serving.incoming_request import IncomingRequest

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class WholeRequestWorker(ClientWatchWorker):
    @classmethod
    def check_config(cls, cfg: Any, _log: Any) -> None:
        if cfg.is_ssl:
            raise ConfigError("TLS ends at the proxy: leave out certfile and keyfile")

    def run(self) -> None:
        app = self.app.wsgi()
        settings = app.config["SETTINGS"]
        self._largest = bodies.largest_by_path(app, settings)
        self._head_seconds, self.pause = settings.request_head_seconds, settings.request_pause_seconds
        self._large = ThreadPoolExecutor(needs.LARGE_AT_ONCE, "large-body")
        self.poller.register(self.method_queue.fileno(), _READ, self.method_queue.run_callbacks)
        self._serve()
        self.set_accept_enabled(False)
        self._let_finish()
        for connection in self.room:
            self.drop(connection)
        for pool in (self.tpool, self._large):
            pool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()
        for listener in self.sockets:
            listener.close()

    def _serve(self) -> None:
        looked_at = -LOOK_SECONDS
        while self.alive:
            if (now := time.monotonic()) - looked_at >= LOOK_SECONDS:
                looked_at = now
                self.notify()
                self.end_overdue()
                if not self.is_parent_alive():
                    return
            self.set_accept_enabled(self.nr_conns < self.worker_connections or bool(self.room))
            self.wait_for_and_dispatch_events(LOOK_SECONDS)

    def _let_finish(self) -> None:
        """Answers complete requests; a client that has sent nothing, or half a head, gets a moment to send the rest."""
        for connection in self.room:
            if connection.state is State.arriving and connection.arriving.request is None:
                connection.deadline = min(connection.deadline, time.monotonic() + STOP_KEEPALIVE_LINGER)
        until = time.monotonic() + self.cfg.graceful_timeout
        while self.nr_conns > 0 and time.monotonic() < until:
            self.notify()
            self.wait_for_and_dispatch_events(LOOK_SECONDS / 4)
            self.end_overdue()

    def accept(self, listener: Any) -> None:
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self.shed()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        if self.nr_conns >= self.worker_connections:
            self.shed()
        self.nr_conns += 1
        sock.setblocking(False)
        arriving = IncomingRequest(self.cfg, client, self._largest)
        connection = Connection(sock, client, listener.getsockname(), arriving)
        connection.wait_for_head(self._head_seconds)
        self.room.take_in(connection)
        self.guard(self._receive, connection)

    def on_ready(self, connection: Connection) -> None:
        if connection.state is State.arriving:
            self._receive(connection)
        elif connection.state is State.sending:
            self._go_on(connection)
        elif connection.state is State.lingering:
            self.throw_away(connection)
        else:  # a thread has it; whether the client sends more or is gone is checked afterwards
            self.watch(connection, 0)

    def _receive(self, connection: Connection) -> None:
        try:
            data = connection.sock.recv(PIECE)
        except BlockingIOError:
            self.watch(connection, _READ)
            return
        except OSError:
            data = b""
        if data:
            self._take(connection, data)
        else:
            self.drop(connection)

    def _take(self, connection: Connection, data: bytes) -> None:
        arriving = connection.arriving
        had_begun = arriving.has_begun
        try:
            is_whole = arriving.take(data)
        except Exception as error:  # gunicorn knows which errors are the client's fault
            connection.keeps = False
            self.handle_error(None, connection.out, connection.client, error)
            self._go_on(connection)
            return
        if is_whole:
            self._hand_on(connection)
            return
        if arriving.request is not None:
            connection.wait_for_body(self.pause, len(data))
            connection.say_continue()
        elif not had_begun:
            connection.wait_for_head(self._head_seconds)
        self.room.take_in(connection)
        self.watch(connection, _READ)
        while self.room.held > needs.HELD_BYTES and self.shed(holding=True):
            pass

    def _hand_on(self, connection: Connection) -> None:
        connection.state = State.answering
        self.room.let_out(connection)
        connection.deadline = time.monotonic() + self.pause
        if connection.answer is None:
            self.room.queue(connection)
        pool = self._large if connection.arriving.streams else self.tpool
        pool.submit(self._answer, connection).add_done_callback(partial(self._report, connection))

    def _report(self, connection: Connection, _future: "Future[None]") -> None:
        self.method_queue.defer(self.guard, self._done, connection)

    def _done(self, connection: Connection) -> None:
        self.room.unqueue(connection)
        self._go_on(connection)

    def _answer(self, connection: Connection) -> None:
        """Runs in a thread. While there is more to write, it leaves the answer with the connection and returns."""
        answer = connection.answer
        try:
            if answer is None:
                if connection.arriving.streams and time.monotonic() > connection.deadline:
                    connection.arriving.refusal = needs.TOO_BUSY
                answer = connection.answer = Answer(self, connection, may_keep=self._count())
            if not answer.go_on():
                return
            connection.keeps = answer.keeps_open
        except BaseException as error:
            connection.keeps = False
            self._tell_failure(connection, answer, error)
        connection.answer = None
        if answer is not None:
            answer.end()

    def _count(self) -> bool:
        """Whether the connection may be kept for another request."""
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False
        return bool(self.alive and self.cfg.keepalive)

    def _tell_failure(self, connection: Connection, answer: Answer | None, error: BaseException) -> None:
        if isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN):
            self.log.debug("The client is gone: %s", error)
        elif answer is not None and answer.has_begun:
            self.log.exception("Error handling request")
        else:
            self.handle_error(connection.arriving.request, connection.out, connection.client, error)

    def _go_on(self, connection: Connection) -> None:
        """Decides what comes next, once a thread is done with the connection or the client has read more."""
        try:
            connection.out.push()
        except OSError:
            self.drop(connection)
            return
        if connection.out.is_behind:
            connection.state = State.sending
            connection.deadline = time.monotonic() + self.pause
            self.room.take_in(connection)
            self.watch(connection, _WRITE)
        elif connection.answer is not None:
            self._hand_on(connection)
        elif connection.keeps:
            self._wait_for_next(connection)
        else:
            self.linger(connection)

    def _wait_for_next(self, connection: Connection) -> None:
        rest = connection.arriving.rest
        arriving = IncomingRequest(self.cfg, connection.client, self._largest)
        connection.wait_for_next(arriving, self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)
        self.room.take_in(connection)
        if rest:
            self._take(connection, bytes(rest))
        else:
            self.watch(connection, _READ)

"""A cable between a browser and the server that a test can pull: no engine need know how to be without a network."""

import socket
import threading
from contextlib import suppress
from types import TracebackType

_BYTES_AT_ONCE = 65_536


class Cable:
    """Carries bytes from a port of its own to the server's. Pulled, it takes no connection and ends those there are."""

    def __init__(self, server_port: int, port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self.port = port
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.plug_in()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def plug_in(self) -> None:
        self._listener = listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()

    def pull(self) -> None:
        if not self._listener:
            return
        listener, self._listener = self._listener, None
        with self._lock:
            _end(listener)
            for end in self._ends:
                _end(end)

    def __enter__(self) -> "Cable":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.pull()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _address = listener.accept()
            except OSError:
                return  # pulled
            try:
                far = socket.create_connection(self._server)
            except OSError:
                _end(near)  # nobody is at the other end
                continue
            with self._lock:
                if self._listener is not listener:
                    _end(near)
                    _end(far)
                    return
                self._ends |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=[one, other], daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(_BYTES_AT_ONCE):
                target.sendall(data)
        except OSError:
            pass  # the other end has hung up
        with self._lock:
            _end(source)
            _end(target)
            self._ends -= {source, target}


def _end(end: socket.socket) -> None:
    """Shut down first: closing alone wakes nobody who waits on it."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()

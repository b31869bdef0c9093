"""What this program needs of the proxy in front of it, as one list. `nginx.py` and `chapter.py` write it out; the views keep to the
same numbers (`core.bodies`), and gunicorn and its worker (`core.serving`) to the same timeouts."""

from dataclasses import dataclass

HEAD_SECONDS = 20  # fixed: for the proxy's file; our own server has REQUEST_HEAD_SECONDS
ANSWER_SECONDS = 60  # fixed: work that takes longer has to be a job
IDLE_SECONDS = 30  # fixed: an unused connection takes up a place
REFUSAL_HEADER = "X-Proxy-Refusal"
BAD_BODY, TOO_SLOW, TOO_LARGE, TOO_MANY, TOO_BUSY = 400, 408, 413, 429, 503  # the statuses of HTTP

# What our own server allows, with or without a proxy in front of it.
HEAD_BYTES = 32 * 1024  # as nginx does, all lines together
SLOWEST_BYTES = 1024  # per second, after the first minute; a slower body might never end
HELD_BYTES = 64 * 1024 * 1024  # of incomplete requests, in one worker
LARGE_AT_ONCE = 8  # bodies too large to be kept, in one worker


@dataclass(frozen=True, slots=True)
class Header:
    """value: in nginx's syntax; empty removes what a client sent under this name."""

    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Timeout:
    """directive: nginx's name for it."""

    directive: str
    seconds: int
    why: str


HEADERS = (
    Header("Host", "$http_host", "as the browser sent it: under another name than `PUBLIC_ORIGIN` nothing is answered"),
    Header("X-Forwarded-For", "$remote_addr", "the caller's address alone; what a client wrote there is thrown away"),
    Header(REFUSAL_HEADER, "", "the proxy's own word for what it did not let through"),
)

TIMEOUTS = (
    Timeout("client_header_timeout", HEAD_SECONDS, "for a request's first lines"),
    Timeout("client_body_timeout", ANSWER_SECONDS, "between two pieces of a body from a slow phone"),
    Timeout("send_timeout", ANSWER_SECONDS, "between two pieces of an answer to a slow phone"),
    Timeout("keepalive_timeout", IDLE_SECONDS, "for a connection nobody uses"),
    Timeout("proxy_connect_timeout", 5, "until gunicorn takes the connection"),
    Timeout("proxy_send_timeout", ANSWER_SECONDS, "between two pieces to gunicorn"),
    Timeout("proxy_read_timeout", ANSWER_SECONDS, "until gunicorn answers; whatever takes longer is a job"),
)

# For the bureau's own machines, which ask the server directly: on the same machine, or with METRICS_TOKEN.
CLOSED = ("/metrics",)

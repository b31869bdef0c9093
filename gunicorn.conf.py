"""How `make run` and production serve: a few workers whose threads never wait for a client, and one elected background loop."""

from app.config import load_settings
from app.core import background
from app.core.audit.sealing import seal_before_ending
from app.core.jobs import start_inside
from app.core.proxy import needs
from app.core.serving import open_files

_settings = load_settings()

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
threads = _settings.web_threads
worker_class = "app.core.serving.worker.WholeRequestWorker"
worker_connections = open_files.connections()
control_socket_disable = True
keepalive = needs.IDLE_SECONDS
graceful_timeout = 20
timeout = needs.ANSWER_SECONDS
preload_app = True
umask = 0o077


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    app = worker.app.wsgi()
    worker.ends = [end for end in (background.start(app), start_inside(app)) if end]


def worker_exit(server, worker):  # type: ignore[no-untyped-def]
    for end in getattr(worker, "ends", ()):
        end.set()
    if hasattr(worker, "ends"):
        seal_before_ending(worker.app.wsgi())

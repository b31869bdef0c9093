"""How `make run` and production serve: threads in a few workers, and one elected background loop."""

from app.config import load_settings
from app.core import background

_settings = load_settings()

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
threads = _settings.web_threads
worker_class = "gthread"
control_socket_disable = True
keepalive = 30
graceful_timeout = 20
timeout = 60
preload_app = True


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    worker.background = background.start(worker.app.wsgi())


def worker_exit(server, worker):  # type: ignore[no-untyped-def]
    if hasattr(worker, "background"):
        worker.background.set()

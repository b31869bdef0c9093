"""Where a request comes in: puts a refusal by the proxy into words, and notes what the request shows about the proxy."""

from flask import Flask, abort, current_app, request

from app.core.bodies import REFUSED
from app.core.proxy.needs import REFUSAL_HEADER, TOO_LARGE, TOO_MANY
from app.core.proxy.signs import read_signs
from app.core.proxy.watch import Watch

_REFUSALS = {str(TOO_LARGE): TOO_LARGE, str(TOO_MANY): TOO_MANY}


def install(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    if settings.has_https:
        app.extensions["proxy_watch"] = Watch(settings.instance_path, settings.trusted_proxies)
        app.before_request(_watch)
    app.before_request(_word_refusal)


def refusal() -> int:
    """The status with which our server or the proxy refused this request's body, which is not here; 0 for a complete request.

    A client that sends this header itself, without a proxy, only gets its own request refused.
    """
    ours: int = request.environ.get(REFUSED, 0)
    return ours or _REFUSALS.get(request.headers.get(REFUSAL_HEADER, ""), 0)


def _word_refusal() -> None:
    """Refuses as the views would have, in the reader's language. The API's views word their refusals themselves, in their order."""
    status = refusal()
    is_word_of_api = request.path.startswith("/api/") and request.endpoint is not None and request.method == "POST"
    if status and not is_word_of_api:
        abort(status)


def _watch() -> None:
    watch: Watch = current_app.extensions["proxy_watch"]
    watch.take(read_signs(request.environ, watch.trusted))

"""Where a request comes in: a refusal the proxy has made is worded here, and what the request shows about the proxy is noted."""

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
    """The status with which our server or the proxy refused this request's body, which is not here; 0 for a request that is whole.

    Whoever sends this header without a proxy is refused their own request and nothing else.
    """
    ours: int = request.environ.get(REFUSED, 0)
    return ours or _REFUSALS.get(request.headers.get(REFUSAL_HEADER, ""), 0)


def _word_refusal() -> None:
    """As the views would have refused it, in the reader's language. The API's views word their own, in their own order."""
    status = refusal()
    is_word_of_api = request.path.startswith("/api/") and request.endpoint is not None and request.method == "POST"
    if status and not is_word_of_api:
        abort(status)


def _watch() -> None:
    watch: Watch = current_app.extensions["proxy_watch"]
    watch.take(read_signs(request.environ, watch.trusted))

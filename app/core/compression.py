"""Compresses responses where no proxy does. A view asks for it; it is not done for every page, because a page that shows typed text
beside its form token must not be compressed (BREACH)."""

import gzip

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

_WORTH_IT = 1000  # bytes
_LEVEL = 5


def compressed(answer: ResponseReturnValue) -> Response:
    """The same response, gzipped if the browser accepts that."""
    response: Response = make_response(answer)
    response.vary.add("Accept-Encoding")
    plain = response.get_data()
    if len(plain) >= _WORTH_IT and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(plain, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response

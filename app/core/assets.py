"""Static files under an address that changes with their content, so that browsers may cache them for ever.

`/static/v-<release>/js/app.js`: the release is a hash over all static files; relative imports between ES modules stay inside it.
"""

import gzip
import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from app.core.access import access, anyone

blueprint = Blueprint("assets", __name__)
# Served as one file: on a slow network each file that a page waits for costs a round trip.
JOINED = {"css/site.css": ("css/tokens.css", "css/base.css", "css/components.css", "css/pages.css")}
_COMMENTS = {
    ".js": re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?s:.*?)\*/[ \t]*)\n", re.MULTILINE),
    ".css": re.compile(r"^[ \t]*/\*(?s:.*?)\*/[ \t]*\n", re.MULTILINE),
}
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_TEXT = {".css", ".js", ".svg", ".json", ".webmanifest"}


def install(app: Flask) -> None:
    root = Path(app.root_path) / "static"
    app.config["STATIC_ROOT"] = root
    app.config["RELEASE"] = release_of(root)
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=asset, inline_css=inline_css)


def release_of(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    return url_for("assets.show_file", release=current_app.config["RELEASE"], name=name)


def inline_css(*names: str) -> str:
    """The text of these style sheets for a <style> element, which the CSP has to allow by its hash (`web.allow_inline`)."""
    return _joined(current_app.config["STATIC_ROOT"], names)


@lru_cache(maxsize=16)
def _joined(root: Path, names: tuple[str, ...]) -> str:
    return "\n".join(without_comments((root / name).read_text(), ".css") for name in names)


def without_comments(text: str, suffix: str) -> str:
    """Leaves out comments, which are a quarter of the bytes. Removes whole lines only, so that no string is touched; no script of
    ours has a template literal of several lines (tests/house/test_static_files.py)."""
    return _INDENT.sub("", _COMMENTS[suffix].sub("", text))


@lru_cache(maxsize=256)
def _load(root: Path, name: str) -> tuple[bytes, bytes | None, str]:
    if name in JOINED:
        plain = _joined(root, JOINED[name]).encode()
    else:
        path = (root / name).resolve()
        if not path.is_relative_to(root.resolve()) or not path.is_file():
            raise FileNotFoundError(name)
        plain = without_comments(path.read_text(), path.suffix).encode() if path.suffix in _COMMENTS else path.read_bytes()
    packed = gzip.compress(plain, 9) if Path(name).suffix in _TEXT else None
    return plain, packed, mimetypes.guess_type(name)[0] or "application/octet-stream"


@blueprint.get("/static/v-<release>/<path:name>")
@access(anyone)
def show_file(release: str, name: str) -> Response:
    try:
        plain, packed, kind = _load(current_app.config["STATIC_ROOT"], name)
    except FileNotFoundError:
        abort(404)
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    use_packed = packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(packed if use_packed else plain, content_type=kind)
    if packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if use_packed:
        response.headers["Content-Encoding"] = "gzip"
    # A page from before an update may ask for another release's address: serve the present file, but do not let it be cached.
    is_current = release == current_app.config["RELEASE"]
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return response

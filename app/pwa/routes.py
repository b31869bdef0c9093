"""What makes the site an app on the home screen: manifest, service worker, the offline pages; and the style guide."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import outages
from app.core.access import access, anyone
from app.core.assets import asset
from app.core.compression import compressed
from app.core.db import roll_back
from app.core.installation import bureau_name
from app.core.locale import CATALOGS, LANGUAGES, page_lang, vary_by_language
from app.core.settings import settings
from app.credentials.code_page import render_shell
from app.help.queries import list_addresses
from app.pwa.forms import SampleForm
from app.regions.queries import list_agencies

PAPER, PINE = "#fbfaf7", "#0e5a4a"
SHELL_FILES = (
    "css/site.css",
    "icons/seal.svg",
    "icons/icon-192.png",
    "css/code.css",
    "css/old.css",
    "js/app.js",
    "js/network.js",
    "js/script-errors.js",
    "js/enhance/code-offline.js",
    "js/enhance/code-page.js",
    "js/enhance/code-unlock.js",
)
SHELL_MODULES = "js/code/*.js"  # all modules that draw a code
SHELL_PAGES = ("/offline", "/offline/code", "/help", "/help/hotlines", "/help/guides", "/help/faq")

LOOKS = ("light", "dark", "elder", "contrast")

blueprint = Blueprint("pwa", __name__)


@blueprint.get("/manifest.webmanifest")
@access(anyone)
def show_manifest() -> Response:
    icon = {"src": asset("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"}
    manifest = {
        "id": "/",
        "name": _("%(bureau)s医保码", bureau=bureau_name()),
        "short_name": _("医保码"),
        "description": _("%(bureau)s的医保电子凭证。", bureau=bureau_name()),
        "lang": page_lang(),
        "dir": "ltr",
        "start_url": "/code",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PINE,
        "categories": ["government", "medical"],
        "icons": [
            icon,
            {"src": asset("icons/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {"src": asset("icons/icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            {"src": asset("icons/seal.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
        "shortcuts": [
            {"name": _("出示医保码"), "url": "/code", "icons": [icon]},
            {"name": _("家人的码"), "url": "/family", "icons": [icon]},
            {"name": _("热线"), "url": "/help/hotlines", "icons": [icon]},
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False)
    return vary_by_language(
        Response(text, content_type="application/manifest+json; charset=utf-8", headers={"Cache-Control": "no-cache"})
    )


@blueprint.get("/sw.js")
@access(anyone)
def show_service_worker() -> Response:
    """Served from the root so that it may answer for every page; revalidated at each request, so that a new release takes over.

    The same for every reader: pages tell it their language.
    """
    script = render_template(
        "pwa/service_worker.js",
        release=current_app.config["RELEASE"],
        tags=LANGUAGES,
        pages_version=_pages_version(Path(current_app.root_path)),
        files=[asset(name) for name in (*SHELL_FILES, *_module_names())],
        pages=[*SHELL_PAGES, *_addresses()],
    )
    return compressed(Response(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}))


@blueprint.get("/offline")
@access(anyone)
def show_offline() -> ResponseReturnValue:
    """The page shown without a network. The worker fetches it without cookies, so it contains nothing about a person."""
    return compressed(render_template("pwa/show_offline.html", agencies=list_agencies()))


@blueprint.get("/offline/code")
@access(anyone)
def show_offline_code() -> ResponseReturnValue:
    """The code page without a person: the phone asks for the PIN and draws the code by itself."""
    modules = ["js/network.js", "js/enhance/code-offline.js", "js/enhance/code-page.js", *_module_names()]
    return compressed(render_template("pwa/show_offline_code.html", screen=render_shell(), limits=settings, modules=modules))


@blueprint.get("/styleguide")
@access(anyone)
def show_styleguide() -> ResponseReturnValue:
    if not settings.is_demo:
        abort(404)
    return render_template("styleguide/show_styleguide.html", looks=[_make_look(name) for name in LOOKS])


def _make_look(name: str) -> dict[str, object]:
    plain = SampleForm(formdata=None, prefix=f"{name}-")
    wrong = SampleForm(formdata=None, prefix=f"{name}-wrong-")
    wrong.mark_wrong()
    return {"name": name, "plain": plain, "wrong": wrong}


def _addresses() -> list[str]:
    """The last known addresses while the database is away: the worker then stays the same, and phones keep what they have."""
    known: list[str] | None = current_app.extensions.get("help_addresses")
    try:
        found = list_addresses()
    except Exception as error:
        if known is None or not outages.is_store_failure(error):
            raise
        outages.store_failed(error)
        roll_back()
        return known
    current_app.extensions["help_addresses"] = found
    return found


def _module_names() -> list[str]:
    root: Path = current_app.config["STATIC_ROOT"]
    return sorted(path.relative_to(root).as_posix() for path in root.glob(SHELL_MODULES))


@lru_cache(maxsize=2)
def _pages_version(root: Path) -> str:
    """Changes with the texts of the kept pages; the release identifies only the static files."""
    digest = hashlib.sha256(bureau_name().encode())
    for folder, kind in ((root / "templates", "*.html"), (root / "help/content", "*.md"), (CATALOGS, "*.po")):
        for path in sorted(folder.rglob(kind)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

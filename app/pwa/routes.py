"""What makes the site an app on the home screen: manifest, service worker, the page without a network, the components on show."""

import json

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.access import access, anyone
from app.core.assets import asset
from app.core.locale import current_language, page_lang, vary_by_language
from app.core.settings import settings
from app.pwa.forms import SampleForm
from app.regions.queries import list_agencies

PAPER, PINE = "#fbfaf7", "#0e5a4a"
SHELL_FILES = (
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "css/pages.css",
    "icons/seal.svg",
    "icons/icon-192.png",
    "js/app.js",
)
SHELL_PAGES = ("/offline", "/help", "/help/hotlines")

LOOKS = ("light", "dark", "elder", "contrast")

blueprint = Blueprint("pwa", __name__)


@blueprint.get("/manifest.webmanifest")
@access(anyone)
def show_manifest() -> Response:
    icon = {"src": asset("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"}
    manifest = {
        "id": "/",
        "name": _("%(bureau)s医保码", bureau=settings.bureau_name),
        "short_name": _("医保码"),
        "description": _("%(bureau)s的医保电子凭证。", bureau=settings.bureau_name),
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
            {"name": _("咨询电话"), "url": "/help/hotlines", "icons": [icon]},
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False)
    return vary_by_language(
        Response(text, content_type="application/manifest+json; charset=utf-8", headers={"Cache-Control": "no-cache"})
    )


@blueprint.get("/sw.js")
@access(anyone)
def show_service_worker() -> Response:
    """Served from the root so that it may answer for every page; asked for anew each time, so that a release takes over.

    The reader's language is part of it: who chooses another gets another worker, which keeps the pages in that language.
    """
    script = render_template(
        "pwa/service_worker.js",
        release=current_app.config["RELEASE"],
        language=current_language(),
        files=[asset(name) for name in SHELL_FILES],
        pages=SHELL_PAGES,
    )
    return vary_by_language(Response(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}))


@blueprint.get("/offline")
@access(anyone)
def show_offline() -> ResponseReturnValue:
    """The page shown without a network. The worker asks for it without cookies: there is no person in it."""
    return render_template("pwa/show_offline.html", agencies=list_agencies())


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

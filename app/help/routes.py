from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access import access, anyone
from app.core.locale import vary_by_language
from app.help import queries
from app.help.models import HelpKind
from app.help.rendering import render
from app.help.search import QUERY_MAX_CHARS
from app.regions.queries import find_region, hotlines_for, list_agencies, list_insured_regions
from app.version import VERSION

blueprint = Blueprint("help", __name__, url_prefix="/help")

_MAX_AGE_SECONDS = 5  # fixed: going back in the browser costs nothing; the bureau's changes show within seconds, in every process
OWN_CHANNEL = "this-system"


@blueprint.app_template_global()
def program_version() -> str:
    return VERSION


@blueprint.app_template_filter("help_html")
def help_html(body: str) -> str:
    return render(body)


@blueprint.get("")
@access(anyone)
def show_index() -> ResponseReturnValue:
    query = request.args.get("q", "").strip()[:QUERY_MAX_CHARS]
    if query:
        # What was typed may reveal something about a person, so this page is not cached.
        return render_template(
            "help/show_index.html", query=query, found=queries.search_texts(query), text=None, region_code=_region_code()
        )
    return _page("help/show_index.html", query="", found=[], text=queries.find_text(*queries.INDEX))


@blueprint.get("/hotlines")
@access(anyone)
def list_hotlines() -> Response:
    code = _region_code()
    return _page(
        "help/list_hotlines.html",
        agencies=list_agencies(),
        nearest=hotlines_for(code) if code else [],
        region=find_region(code) if code else None,
        regions=list_insured_regions(),
    )


@blueprint.get("/guides")
@access(anyone)
def list_guides() -> Response:
    return _page("help/list_guides.html", guides=queries.list_texts(HelpKind.guide))


@blueprint.get("/guides/<slug>")
@access(anyone)
def show_guide(slug: str) -> Response:
    text = queries.get_text(HelpKind.guide, slug)
    return _page("help/show_guide.html", text=text, is_ours=slug == OWN_CHANNEL)


@blueprint.get("/faq")
@access(anyone)
def list_questions() -> Response:
    return _page("help/list_questions.html", questions=queries.list_texts(HelpKind.question))


@blueprint.get("/p-<code>")
@blueprint.get("/P-<code>")
@access(anyone)
def show_reason(code: str) -> Response:
    """By the two digits or the whole code; everyone reads the same explanation (contract 5)."""
    reason, text = queries.get_reason(code)
    return _page("help/show_reason.html", reason=reason, text=text)


@blueprint.get("/<slug>")
@access(anyone)
def show_page(slug: str) -> Response:
    return _page("help/show_page.html", text=queries.get_text(HelpKind.page, slug))


def _region_code() -> str | None:
    """The reader's region, if the address names it; an unknown one counts as none."""
    code = request.args.get("region", "")
    return code if code and find_region(code) else None


def _page(template: str, **values: Any) -> Response:
    """Cached for a few seconds, only by this browser: the layout of each page contains its form token."""
    response = make_response(render_template(template, region_code=_region_code(), **values))
    response.cache_control.private = True
    response.cache_control.max_age = _MAX_AGE_SECONDS
    return vary_by_language(response)

"""Languages: Simplified Chinese is the source, and the language where there is no browser (the API, operators' commands).

A page is in the language its reader chose, otherwise in the one the browser asks for. The catalogs
`translations/<locale>/LC_MESSAGES/messages.po` are read at first use, so there is no compiled file that could be outdated.
"""

from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

SOURCE = "zh_Hans"
LANGUAGES = {"zh_Hans": "zh-CN", "zh_Hant": "zh-Hant", "en": "en"}  # locale -> the page's lang attribute
NAMES = {"zh_Hans": "简体", "zh_Hant": "繁體", "en": "English"}  # each in its own words
COOKIE = "language"
CATALOGS = Path(__file__).parents[1] / "translations"


class _Catalogs(Domain):  # type: ignore[misc]
    def get_translations(self) -> NullTranslations:
        return catalog(current_language())


class _Languages(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogs()


def install(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    _Languages(app, locale_selector=select_locale)
    app.jinja_env.globals.update(page_lang=page_lang, current_language=current_language, languages=NAMES, language_tags=LANGUAGES)


def current_language() -> str:
    """The locale of the current request: zh_Hans, zh_Hant or en."""
    return str(get_locale() or SOURCE)


def page_lang() -> str:
    return LANGUAGES[current_language()]


def select_locale() -> str:
    """In this order: the service worker's `?lang=` (it sends no cookies), the reader's choice, the browser's wish, the source."""
    if not has_request_context() or request.path.startswith("/api/"):
        return SOURCE
    for chosen in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    return _wished(request.headers.get("Accept-Language", ""))


def vary_by_language(response: Response) -> Response:
    """For the few pages that browsers may cache."""
    response.vary.update(("Cookie", "Accept-Language"))
    return response


def later(text: str) -> str:
    """Marks a text for the catalogs and returns it unchanged; the code that shows it translates it."""
    return text


@lru_cache(maxsize=len(LANGUAGES))
def catalog(locale: str) -> NullTranslations:
    """The translations of one language; empty for the source. Raises FileNotFoundError for a language without a catalog."""
    if locale == SOURCE:
        return NullTranslations()
    packed = BytesIO()
    with (CATALOGS / locale / "LC_MESSAGES" / "messages.po").open(encoding="utf-8") as file:
        write_mo(packed, read_po(file, locale=locale))
    packed.seek(0)
    return Translations(packed)


@lru_cache(maxsize=512)
def _wished(header: str) -> str:
    """The first language of an Accept-Language header that we have."""
    for tag, quality in parse_accept_header(header[:200], LanguageAccept):
        if quality > 0 and (spoken := _spoken(tag)):
            return spoken
    return SOURCE


def _spoken(tag: str) -> str:
    """Our locale for a language tag. A tag may imply its script by the place: zh-HK and zh-TW mean traditional characters."""
    try:
        wished = Locale.parse(tag, sep="-", resolve_likely_subtags=True)
    except (ValueError, UnknownLocaleError):
        return ""
    if wished.language in {"zh", "yue"}:
        return "zh_Hant" if wished.script == "Hant" else "zh_Hans"
    return "en" if wished.language == "en" else ""

"""Languages: Simplified Chinese is the source."""

from flask import Flask
from flask_babel import Babel

LANGUAGES = {"zh_Hans": "zh-CN"}  # locale -> the page's lang attribute


def install(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "zh_Hans"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=select_locale)
    app.jinja_env.globals["page_lang"] = lambda: LANGUAGES[select_locale()]


def select_locale() -> str:
    return "zh_Hans"

"""Pages of accounts. One blueprint; each module adds its views."""

from typing import cast

from flask import Flask
from flask.blueprints import BlueprintSetupState

from app.accounts import visitor
from app.accounts.notice_text import render_notice
from app.accounts.notice_words import in_words
from app.accounts.routes import consents as consents
from app.accounts.routes import devices as devices
from app.accounts.routes import inbox as inbox
from app.accounts.routes import me as me
from app.accounts.routes import phone as phone
from app.accounts.routes import sign_in as sign_in
from app.accounts.routes.blueprint import blueprint as blueprint


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    visitor.install(app)
    app.jinja_env.filters.update(notice_html=render_notice, in_words=in_words)
    app.jinja_env.globals["count_unread"] = inbox.count_unread_here

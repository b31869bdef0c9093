"""Default deny: each view says who may, and a view that says nothing stops the app from starting (architecture, "A request" 1)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """`allows` answers for the current request; `refuse` makes what the person gets instead, None for a plain 403."""

    name: str
    allows: Callable[[], bool]
    refuse: Callable[[], ResponseReturnValue] | None = None


anyone = Rule("anyone", lambda: True)

_ATTRIBUTE = "__access_rule__"


def access(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, rule)
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def install(app: Flask) -> None:
    app.before_request(_check)


def require_rules(app: Flask) -> None:
    """Raises RuntimeError naming every view without a rule."""
    bare = [endpoint for endpoint in app.view_functions if rule_of(app, endpoint) is None]
    if bare:
        raise RuntimeError(f"views without an access rule: {', '.join(sorted(bare))}")


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    rule: Rule = getattr(current_app.view_functions[request.endpoint], _ATTRIBUTE)
    if rule is anyone or rule.allows():
        return None
    if rule.refuse is None:
        raise Forbidden
    return rule.refuse()

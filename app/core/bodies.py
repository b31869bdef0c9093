"""How large a body may be, by address, as one list. The views keep to it, and `core.proxy` writes the proxy's file from it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from flask.blueprints import BlueprintSetupState

from app.config import Settings

MEGABYTE = 1 << 20
ORDINARY = MEGABYTE  # for addresses that are not in the list
REFUSED = "pingzheng.refused"  # in the WSGI environment: the status with which our own server refused this body


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """What one view, or every view of a blueprint, takes instead of `ORDINARY`.

    endpoint: the view's or the blueprint's. largest: bytes, under these settings. what: for operators. at_once: how many requests
    from one address the proxy lets through at the same time, because it keeps a large body until it is complete; 0 for any number.
    """

    endpoint: str
    largest: Callable[[Settings], int]
    what: str
    at_once: int = 0


def declare(limit: BodyLimit) -> Callable[[BlueprintSetupState], None]:
    """Enters a limit in the list: `blueprint.record_once(declare(LIMIT))`."""

    def enter(state: BlueprintSetupState) -> None:
        found: list[BodyLimit] = state.app.extensions.setdefault("body_limits", [])
        found.append(limit)

    return enter


def declared(app: Flask) -> list[BodyLimit]:
    found: list[BodyLimit] = app.extensions["body_limits"]
    return found


def path_of(app: Flask, limit: BodyLimit) -> str:
    """The view's path, or the blueprint's folder such as `/api/v1/`. Raises ValueError for a path with a variable part."""
    if limit.endpoint in app.blueprints:
        return f"{app.blueprints[limit.endpoint].url_prefix}/"
    (rule,) = app.url_map.iter_rules(limit.endpoint)
    if rule.arguments:
        raise ValueError(f"{rule.rule} is not one address")
    return rule.rule


def largest_by_path(app: Flask, settings: Settings) -> Callable[[str], int]:
    """Returns a function from path to the largest body in bytes, for a server that knows no views."""
    known = {path_of(app, limit): limit.largest(settings) for limit in declared(app)}
    folders = {path: largest for path, largest in known.items() if path.endswith("/")}

    def largest(path: str) -> int:
        if path in known:
            return known[path]
        return next((most for folder, most in folders.items() if path.startswith(folder)), ORDINARY)

    return largest

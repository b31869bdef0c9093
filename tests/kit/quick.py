"""What every test would pay for again, done once a process. Each is a pure function of libraries; ours run as they are.

Addresses are compiled, statements are compiled, and a PIN that was hashed is checked: together half the time of a short test.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import URL, Engine, make_url
from werkzeug.routing import Rule

_STATEMENTS = 5000

_compile_rule: Callable[[Rule, bool], Callable[..., tuple[str, str]]] = Rule._compile_builder
_rules: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_make_engine: Callable[..., Engine] = SQLAlchemy._make_engine
_engines: dict[str, Engine] = {}


def install() -> None:
    Rule._compile_builder = _compile_rule_once  # type: ignore[method-assign, assignment]
    SQLAlchemy._make_engine = _make_engine_once  # type: ignore[method-assign, assignment]
    hashlib.scrypt = lru_cache(maxsize=None)(hashlib.scrypt)  # type: ignore[assignment]


def close_engine(url: str) -> None:
    """No connection to this database stays in the pool: another test's database takes its name."""
    engine = _engines.get(_name(url))
    if engine is not None:
        engine.dispose()


def _compile_rule_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """What builds an address depends on the rule's text alone (and on default values, which we do not use)."""
    if rule.defaults:
        return _compile_rule(rule, append_unknown)
    key = (rule.rule, append_unknown, *rule._trace)
    if key not in _rules:
        _rules[key] = _compile_rule(rule, append_unknown)
    return _rules[key]


def _make_engine_once(db: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
    """Compiled statements belong to an engine: each database name keeps its own."""
    name = _name(options["url"])
    if name not in _engines:
        _engines[name] = _make_engine(db, bind_key, {**options, "query_cache_size": _STATEMENTS}, app)
    return _engines[name]


def _name(url: str | URL) -> str:
    return make_url(url).render_as_string(hide_password=False)

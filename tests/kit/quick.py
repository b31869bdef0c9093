"""What every test would pay for again, done once a process. Each is a pure function of libraries; ours run as they are.

Addresses and statements are compiled, and a PIN that was hashed is checked: together half the time of a short test.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import URL, Engine, make_url
from werkzeug.routing import Rule

_STATEMENTS = 5000

_compile_rule: Callable[[Rule], None] = Rule.compile
_rules: dict[tuple[Any, ...], dict[str, Any]] = {}
_make_engine: Callable[..., Engine] = SQLAlchemy._make_engine
_engines: dict[str, Engine] = {}


def install() -> None:
    Rule.compile = _compile_rule_once  # type: ignore[method-assign, assignment]
    SQLAlchemy._make_engine = _make_engine_once  # type: ignore[method-assign, assignment]
    hashlib.scrypt = lru_cache(maxsize=None)(hashlib.scrypt)  # type: ignore[assignment]


def close_engine(url: str) -> None:
    """No connection to this database stays in the pool: another test's database takes its name."""
    engine = _engines.get(_name(url))
    if engine is not None:
        engine.dispose()


def _compile_rule_once(rule: Rule) -> None:
    """What a rule compiles to depends on its text alone (and on default values and hosts, which we do not use)."""
    if rule.defaults or rule.host or rule.subdomain:
        _compile_rule(rule)
        return
    key = (rule.rule, rule.merge_slashes)
    if key not in _rules:
        _compile_rule(rule)
        _rules[key] = {name: getattr(rule, name) for name in ("_parts", "_trace", "_converters", "arguments")}
        _rules[key] |= {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
    for name, value in _rules[key].items():
        setattr(rule, name, value.__get__(rule) if callable(value) else value)


def _make_engine_once(db: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
    """Compiled statements belong to an engine: each database name keeps its own."""
    name = _name(options["url"])
    if name not in _engines:
        _engines[name] = _make_engine(db, bind_key, {**options, "query_cache_size": _STATEMENTS}, app)
    return _engines[name]


def _name(url: str | URL) -> str:
    return make_url(url).render_as_string(hide_password=False)

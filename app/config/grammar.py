"""The formats of those settings that are text. Pure."""

import re
from datetime import date, time
from urllib.parse import urlsplit

from app.config.fields import Grammar
from app.config.rules import is_origin


def parse_spans(text: str) -> tuple[tuple[time, time], ...]:
    """Parses `09:00-12:00,13:00-17:00`. Raises ValueError if a span cannot be read or the spans are not in order."""
    spans = tuple(_span(part) for part in text.split(","))
    ends = [moment for span in spans for moment in span]
    if ends != sorted(set(ends)):
        raise ValueError(f"{text!r}: opening hours must follow one another")
    return spans


def _span(part: str) -> tuple[time, time]:
    opens, _, closes = part.strip().partition("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _is_spans(text: str) -> bool:
    try:
        return all(moment.tzinfo is None for span in parse_spans(text) for moment in span)
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _begins(*schemes: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(re.escape(one) for one in schemes) + r").*")


def _is_redis(text: str) -> bool:
    if text == "memory://":
        return True
    try:
        parts = urlsplit(text)
        is_port_right = parts.port is None or 0 < parts.port < 65_536
    except ValueError:
        return False
    return parts.scheme in ("redis", "rediss") and bool(parts.hostname) and is_port_right


def _by(pattern: re.Pattern[str], mend: str) -> Grammar:
    return Grammar(lambda text: pattern.fullmatch(text) is not None, mend)


WORKING_HOURS = Grammar(_is_spans, "like 09:00-12:00,13:00-17:00, each span after the one before")
DAY = Grammar(_is_day, "like 2026-12-31")
ORIGIN = Grammar(is_origin, "like https://ybm.example.cn, without a path")
HOST = _by(re.compile(r"[A-Za-z0-9.:_-]+"), "as an address or a name of this machine, such as 127.0.0.1")
DOMAIN = _by(re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"), "as a domain in small letters, such as example.cn")
DATABASE = _by(_begins("sqlite://", "postgresql+psycopg://"), "as postgresql://user@host/name or sqlite:////folder/file")
BUCKET_ADDRESS = _by(_begins("file:///", "s3://"), "as file:///folder or s3://bucket/folder")
LIMITS_STORE = Grammar(_is_redis, "as redis://host:6379, or memory:// with one web process")
RECIPIENTS = _by(re.compile(r"\s*age1[a-z0-9]+\s*(?:,\s*age1[a-z0-9]+\s*)*"), "as public keys of age (age1…) with commas between")
TOKEN = _by(re.compile(r"\S{24,}"), "with 24 characters or more")
NAME = _by(re.compile(r"[^\x00-\x1f\x7f]{1,60}"), "with at most 60 characters in one line")

"""Finds texts by the words people type, including whole questions, without a search engine.

Chinese has no spaces, so a query is compared by its pairs of neighbouring characters; rare pairs (丢了) count more than
common ones (怎么). Latin words are compared whole, without a plural s.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.core.text import half_width

QUERY_MAX_CHARS = 60  # fixed: nobody types a longer search, and the search compares every pair of letters
_FIELD_WEIGHTS = (3.0, 3.0, 1.0)  # title, keywords, body
_SHARE_OF_QUERY = 0.4  # a text that contains less than this share of the query's weight is not an answer
_SHARE_OF_BEST = 0.25  # found by trying the questions in tests/help
_UNKNOWN_PAIR = 0.5  # pairs in no text at all must not hide texts that contain the others
_COMMONEST_PAIR = 0.1  # found by trying the questions in tests/help

_RUNS = re.compile(r"([a-z]+)|([^a-z]+)")


@dataclass(frozen=True)
class Entry:
    title: str
    keywords: str
    body: str


def rank(query: str, entries: Sequence[Entry]) -> list[int]:
    """Indexes of the entries that answer the query, best first."""
    wanted = normalise(query[:QUERY_MAX_CHARS])
    pairs = _pairs(query[:QUERY_MAX_CHARS])
    if not pairs:
        return []
    indexed = [(normalise(e.title), normalise(e.keywords), normalise(e.body)) for e in entries]
    weights = {p: _rarity(p, indexed) for p in pairs}
    scores = [_score(wanted, weights, fields) for fields in indexed]
    best = max(scores, default=0.0)
    found = [i for i, score in enumerate(scores) if score > 0 and score >= best * _SHARE_OF_BEST]
    return sorted(found, key=lambda i: -scores[i])


@lru_cache(maxsize=2048)
def normalise(text: str) -> str:
    """Half width, lower case, without punctuation and spaces."""
    return "".join(c for c in half_width(text, longest=None).casefold() if c.isalnum())


def _pairs(query: str) -> set[str]:
    """The pieces of a query that are looked for in normalised texts."""
    pairs: set[str] = set()
    for word, run in _RUNS.findall(half_width(query).casefold()):
        if len(word) > 1:
            pairs.add(word[:-1] if len(word) > 3 and word.endswith("s") else word)
        elif not word and (kept := normalise(run)):
            pairs |= {kept[i : i + 2] for i in range(len(kept) - 1)} or {kept}
    return pairs


def _rarity(pair: str, indexed: Sequence[tuple[str, str, str]]) -> float:
    holding = sum(any(pair in field for field in fields) for fields in indexed)
    if not holding:
        return _UNKNOWN_PAIR
    return math.log((len(indexed) + 1) / (holding + 0.5)) + _COMMONEST_PAIR


def _score(wanted: str, weights: dict[str, float], fields: tuple[str, str, str]) -> float:
    held = sum(w for p, w in weights.items() if any(p in field for field in fields))
    if held < _SHARE_OF_QUERY * sum(weights.values()):
        return 0.0
    score = 0.0
    for field, worth in zip(fields, _FIELD_WEIGHTS, strict=True):
        score += worth * sum(w for p, w in weights.items() if p in field)
        if wanted in field:
            score += worth * 2 * sum(weights.values())
    return score

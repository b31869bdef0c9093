"""Finds variables whose name is almost that of a setting: a misspelt setting would be silently ignored. Pure."""

from collections.abc import Collection, Iterable

_SHORTEST = 6  # shorter names, such as PORT and HOST, are too close to common environment variables
_TWO_SLIPS_FROM = 12  # letters: in a shorter name two slips can make another real word (SMTP_URL is not SMS_URL)


def find_misspelt(names: Iterable[str], known: Collection[str]) -> list[str]:
    """A sentence, in order of name, for each unknown name that is close to a known one."""
    letters = {name: frozenset(name) for name in known}
    found = []
    for name in sorted({*names} - {*known}):
        if len(name) >= _SHORTEST and name.isupper() and (meant := _nearest(name, letters)):
            found.append(f"{name} is no setting: did you mean {meant}? Write it so, or take it away.")
    return found


def _nearest(name: str, letters: dict[str, frozenset[str]]) -> str:
    """The known name closest to this one, or an empty text if none is close enough."""
    limit = 2 if len(name) >= _TWO_SLIPS_FROM else 1
    own = frozenset(name)
    near = [
        (slips(name, other), other)
        for other, theirs in letters.items()
        if len(other) >= _SHORTEST and abs(len(other) - len(name)) <= limit and len(own ^ theirs) <= 2 * limit
    ]
    return min(((count, other) for count, other in near if count <= limit), default=(0, ""))[1]


def slips(one: str, other: str) -> int:
    """How many letters were left out, added, changed or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, theirs in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != theirs))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]

"""`flask keys status`: what each key of each secret does, and what still needs the keys that were replaced."""

from collections.abc import Iterator

from app.core import clock
from app.core.keys import sweeping
from app.core.keys.checks import PLAIN, masters_of
from app.core.keys.needs import find_needs, successor_of
from app.core.keys.rotating import moment
from app.core.settings import settings
from app.key_lists import Key, read_keys, writing_key


def sentences() -> Iterator[str]:
    masters = [name.partition(" ")[2] for name in masters_of(settings.code_masters)]
    if masters:
        yield f"CODE_MASTERS {masters[0]} draws" + (f"; {', '.join(masters[1:])} verify" if masters[1:] else "")
    for family in PLAIN:
        keys = read_keys(getattr(settings, family.lower()))
        for key in keys:
            yield f"{family} {key.id} {_does(family, keys, key)}"
    if len(settings.data_keys) > 1:
        yield from map(_progress, sweeping.list_progress())


def _progress(one: sweeping.Progress) -> str:
    failed = f", {one.failed} could not be, and stay as they are" if one.failed else ""
    return f"  {one.step}: {one.done} written anew{failed}, {'finished' if one.is_finished else 'not finished'}"


def _does(family: str, keys: tuple[Key, ...], key: Key) -> str:
    writer = writing_key(keys, clock.timestamp())
    if key is writer:
        return f"writes since {moment(key.begins)}" if key.begins else "writes"
    if key.number > writer.number:
        return f"begins to write at {moment(key.begins)}: every process has to be restarted before"
    if key.number < writer.number and (needs := find_needs(family, keys, key)):
        return f"reads since {moment(successor_of(keys, key).begins)}; still needed: {'; '.join(needs)}"
    return f"is needed by nothing: run `flask keys drop {family} {key.id}`"

"""Who did it, in words."""

from collections.abc import Iterable

from flask_babel import gettext as _

from app.staff.queries import names_of


def names_of_actors(actors: Iterable[str]) -> dict[str, str]:
    """actors: `staff:3`, `release`, as tables keep them."""
    wanted = set(actors)
    ids = {actor: int(actor.removeprefix("staff:")) for actor in wanted if actor.startswith("staff:")}
    known = names_of(list(ids.values())) if ids else {}
    return {actor: known.get(ids[actor], actor) if actor in ids else _("随版本") for actor in wanted}

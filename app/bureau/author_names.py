"""Names, for readers, of the authors of texts."""

from collections.abc import Collection

from flask_babel import gettext as _

from app.staff.models import StaffMember
from app.staff.queries import names_of_actors


def names_of_authors(actors: Collection[str]) -> dict[str, str]:
    """The names of those who wrote or published a text. actors: such as `staff:3`, or `release` for a text of the program."""
    known = names_of_actors(actors)
    return {actor: known.get(actor, actor if StaffMember.key_in(actor) else _("随版本")) for actor in actors}

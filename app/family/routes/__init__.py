"""Pages of families. One blueprint; each module adds its views."""

from app.family.routes import invitations, members, papers, requests, shown_by, ways, wizard
from app.family.routes.blueprint import blueprint

__all__ = ["blueprint", "invitations", "members", "papers", "requests", "shown_by", "ways", "wizard"]

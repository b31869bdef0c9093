"""Pages of families. One blueprint; each module adds its views."""

from app.family.routes import invitations as invitations
from app.family.routes import members as members
from app.family.routes import papers as papers
from app.family.routes import requests as requests
from app.family.routes import shown_by as shown_by
from app.family.routes import ways as ways
from app.family.routes import wizard as wizard
from app.family.routes.blueprint import blueprint as blueprint

"""The acts of the bureau's counter; the only writer of its tables."""

from app.counter.service.acts import authorise_family as authorise_family
from app.counter.service.acts import bind_family as bind_family
from app.counter.service.acts import give_letter as give_letter
from app.counter.service.acts import give_slip as give_slip
from app.counter.service.acts import needs_paper_consent as needs_paper_consent
from app.counter.service.acts import open_letter as open_letter
from app.counter.service.acts import replace_slip as replace_slip
from app.counter.service.acts import revoke as revoke
from app.counter.service.visits import enter as enter
from app.counter.service.visits import expire_visits as expire_visits
from app.counter.service.visits import open_visit as open_visit
from app.counter.service.visits import search_document as search_document

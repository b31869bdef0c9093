from flask import Flask

from app.core import background
from app.credentials.service import use_for_scan_place
from app.credentials.uses import use_for_uses
from app.institutions import queries, service


def register(app: Flask) -> None:
    use_for_scan_place(queries.find_place_of_scan)
    use_for_uses(queries.list_uses)
    background.register(app, "drop_stored_answers", 60, service.drop_stored_answers)
    background.register(app, "drop_challenges", 60, service.drop_challenges)
    background.register(app, "drop_wrong_numbers", 600, service.drop_wrong_numbers)
    background.register(app, "drop_ec_tokens", 600, service.drop_ec_tokens)
    background.register(app, "drop_help_events", 3600, service.drop_help_events)
    background.register(app, "drop_specimen_codes", 3600, service.drop_old_specimen_codes)

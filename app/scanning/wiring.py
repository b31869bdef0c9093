from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import background
from app.core.database.after_restore import on_restored
from app.credentials.service import provide_scan_place
from app.credentials.uses import provide_uses
from app.scanning import queries, service
from app.staff.rights import Right
from app.staff_jobs.service import StaffJobKind, provide_staff_job_kinds


def register(app: Flask) -> None:
    provide_scan_place.listen(app, queries.find_place_of_scan)
    provide_uses.listen(app, queries.list_uses)
    provide_staff_job_kinds.listen(app, _list_staff_job_kinds)
    on_restored.listen(app, service.end_what_was_open)
    background.register(app, "drop_stored_answers", 60, service.drop_stored_answers)
    background.register(app, "drop_challenges", 60, service.drop_challenges)
    background.register(app, "drop_wrong_numbers", 600, service.drop_wrong_numbers)
    background.register(app, "drop_ec_tokens", 600, service.drop_ec_tokens)
    background.register(app, "drop_help_events", 3600, service.drop_help_events)
    background.register(app, "drop_specimen_codes", 3600, service.drop_old_specimen_codes)


def _list_staff_job_kinds() -> list[StaffJobKind]:
    return [StaffJobKind(service.RISK_REPORT, service.run_risk_report, right=Right.set_risk_rules, title=_l("规则试算"))]

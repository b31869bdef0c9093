"""规则: the risk rules by which a desk is told to ask for two digits: those in force, and what other values would have done."""

from dataclasses import asdict

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.bureau.forms.risk import RiskRulesForm
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.scanning.policy import RULE_NAMES, has_risk_rules, rules_in_force
from app.scanning.risk_sentences import RULE_SENTENCES
from app.scanning.service import PROPOSED, RISK_REPORT
from app.staff.policy import Right, may
from app.staff.visitor import current_staff
from app.staff_jobs.service import start_staff_job

# The variable that sets each field of the rules.
VARIABLES = {
    "first_use": "RISK_FIRST_USE",
    "other_city_minutes": "RISK_OTHER_CITY_MINUTES",
    "pharmacies_a_day": "RISK_PHARMACIES_A_DAY",
    "new_device_hours": "RISK_NEW_DEVICE_HOURS",
    "min_rules": "CHALLENGE_MIN_RULES",
}


@blueprint.get("/bureau/risk-rules")
@access(may(Right.set_risk_rules))
def show_risk_rules() -> ResponseReturnValue:
    shown = rules_in_force() if has_risk_rules() else PROPOSED
    return _page(RiskRulesForm(formdata=None, **asdict(shown)))


@blueprint.post("/bureau/risk-rules/dry-runs")
@access(may(Right.set_risk_rules))
def create_dry_run() -> ResponseReturnValue:
    form = RiskRulesForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    staff_job = start_staff_job(
        current_staff.member,
        RISK_REPORT,
        first_use=form.first_use.data,
        other_city_minutes=form.other_city_minutes.data,
        pharmacies_a_day=form.pharmacies_a_day.data,
        new_device_hours=form.new_device_hours.data,
        min_rules=form.min_rules.data,
    )
    return redirect(url_for("bureau.show_staff_job", report_id=staff_job.id), 303)


def _page(form: RiskRulesForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "bureau/show_risk_rules.html",
        form=form,
        in_force=asdict(rules_in_force()),
        is_on=has_risk_rules(),
        rules=[(RULE_SENTENCES[name], field) for name, field in zip(RULE_NAMES, VARIABLES, strict=False)],
        variables=VARIABLES,
    )
    return page, status

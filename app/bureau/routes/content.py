"""The overview of what the bureau writes: regions, offices, numbers, help, legal texts and days off, each with its own page."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.queries import list_drafts
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.regions.queries import list_agencies, list_insured_regions, list_unchecked_hotlines
from app.reviews.queries import find_missing_year
from app.staff.policy import Right, may


@blueprint.get("/bureau/content")
@access(may(Right.manage_content))
def show_content() -> ResponseReturnValue:
    agencies = list_agencies()
    return render_template(
        "bureau/show_content.html",
        regions=len(list_insured_regions()),
        agencies=len(agencies),
        hotlines=sum(len(agency.hotlines) for agency in agencies),
        unchecked=len(list_unchecked_hotlines()),
        drafts=len(list_drafts()),
        missing_year=find_missing_year(),
    )

"""定点医药机构: where the code can be used, for anybody who wants to know before setting out (S63, S76)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access import access, anyone
from app.institutions.business_types import SCENES
from app.institutions.queries.register import PUBLIC_PAGE, find_last_change, list_public_page
from app.institutions.scene_names import KIND_NAMES, SCENE_NAMES, scenes_of
from app.regions.queries import list_insured_regions

blueprint = Blueprint("institutions", __name__)
_LONGEST = 60  # fixed: characters of a search; a name has 60


@blueprint.get("/institutions")
@access(anyone)
def list_institutions() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()[:_LONGEST]
    region, scene = request.args.get("region", ""), request.args.get("scene", "")
    regions = {found.code: found.name for found in list_insured_regions()}
    region = region if region in regions else ""
    scene = scene if scene in SCENES else ""
    found = list_public_page(beginning=text, region=region, scenes=SCENES.get(scene, ()), after=request.args.get("after", "")[:12])
    return render_template(
        "institutions/list_institutions.html",
        institutions=found[:PUBLIC_PAGE],
        has_more=len(found) > PUBLIC_PAGE,
        query=text,
        region=region,
        regions=regions,
        scene=scene,
        scene_names=SCENE_NAMES,
        kind_names=KIND_NAMES,
        scenes_of=scenes_of,
        updated_at=find_last_change(),
    )

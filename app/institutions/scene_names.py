"""What scenes are called on screen, for people who have never seen the code of a business type. Pure."""

from flask_babel import lazy_gettext as _l

from app.institutions.business_types import SCENES
from app.institutions.models import Institution, InstitutionKind

SCENE_NAMES = {
    "registration": _l("挂号"),
    "inpatient": _l("办住院"),
    "treatment": _l("看病、检查、治疗"),
    "payment": _l("付钱结算"),
    "medicine": _l("买药、取药"),
    "papers": _l("取报告、打单据"),
    "online": _l("在医院的 APP 里用"),
    "counter": _l("医保窗口办事"),
}
KIND_NAMES = {
    InstitutionKind.hospital: _l("医院"),
    InstitutionKind.pharmacy: _l("药店"),
    InstitutionKind.bureau_counter: _l("医保服务窗口"),
}


def scenes_of(institution: Institution) -> list[str]:
    """The names of the scenes with at least one enabled business type, in their order."""
    enabled = set(institution.scenes)
    return [name for name, types in SCENES.items() if enabled & set(types)]

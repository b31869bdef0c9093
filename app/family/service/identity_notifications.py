"""Events about a member's identity are announced to those who show their code, so that somebody notices a phone thief."""

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.accounts.service import IdentityEvent, IdentityEventKind
from app.core.db import transaction
from app.core.display import moment
from app.family import queries
from app.family.service import notifications
from app.messages.service import post_message
from app.roster.queries import get_person

_TITLES: dict[IdentityEventKind, LazyString] = {
    IdentityEventKind.device_requested: _l("有一台新设备要绑定 %(name)s 的账号"),
    IdentityEventKind.pin_reset_requested: _l("有人要重设 %(name)s 的展码密码"),
    IdentityEventKind.lost_reported: _l("%(name)s 的医保码已挂失"),
    IdentityEventKind.restored: _l("%(name)s 的医保码已恢复使用"),
}


@transaction()
def tell_holders(event: IdentityEvent) -> None:
    """Tells only of events a relative can do something about."""
    if event.person_id is None or event.kind not in _TITLES or event.by.startswith("relative:"):  # `freeze_member` tells them
        return
    name = notifications.name_of(get_person(event.person_id))
    waits = _("%(at)s 生效。", at=moment(event.effective_at)) if event.effective_at else ""
    body = f"{waits}{_('请当面问一问。不是本人办的，请本人马上登录取消，或拨打医保热线。')}"
    for link in queries.list_links_of_member(event.person_id):
        if Account.actor_of(link.holder_account_id) != event.by:
            post_message(link.holder_account_id, str(_TITLES[event.kind]) % {"name": name}, body)

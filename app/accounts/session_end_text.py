"""What a browser is told when its session has ended on the server. Pure."""

from datetime import datetime

from flask_babel import gettext as _

from app.accounts.models import SessionEnd
from app.core.display import moment


def sentence_of(reason: SessionEnd | None, at: datetime | None) -> str:
    """What happened, and what to do now; empty when the person ended it here themselves. Without reason and moment: it expired."""
    if reason is None:
        return str(_("您很久没有用了，为了安全已经退出。请重新登录，医保码不受影响。"))
    if reason is SessionEnd.restored:
        return after_restore()
    when = moment(at)
    sentences: dict[SessionEnd, str] = {
        SessionEnd.signed_out_everywhere: _("%(when)s，您在另一台设备上选了全部退出，这台也退出了。请重新登录。", when=when),
        SessionEnd.device_removed: _(
            "%(when)s，这台设备被移除，不能再出示医保码。要继续用，请重新登录并核验身份。不是您本人移除的话，请拨打医保热线。",
            when=when,
        ),
        SessionEnd.pin_guessed: _(
            "%(when)s，这台设备上连续输错展码密码太多次，不能再打开您的账号。要继续用，请重新登录并核验身份。", when=when
        ),
        SessionEnd.phone_reported_lost: _(
            "%(when)s，您的医保码挂失了，所有设备都已退出。手机已经找到的话，请重新登录，再点“恢复使用”。", when=when
        ),
        SessionEnd.phone_moved: _("%(when)s，这个手机号登记到了别的账号。请重新登录；有疑问请拨打医保热线。", when=when),
    }
    return str(sentences.get(reason, ""))


def after_restore() -> str:
    """For everybody who was signed in when the bureau's data was lost."""
    return str(_("医保局的系统刚从备份恢复，为了安全，所有人都已退出。请重新登录，医保码不受影响。"))

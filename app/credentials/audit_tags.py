"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class CredentialTag(
    AuditTag,
    group="codes",
    nouns={"credential": _l("医保码"), "denial": _l("不是我"), "slip": _l("纸质码")},
    outcomes={"forged_tags": _l("多次出示核对不上的码")},
):
    activated = tag("credential:activated", _l("激活了医保码"), own=_l("激活了您的医保码"))
    frozen = tag("credential:frozen", _l("挂失了医保码"), own=_l("挂失了您的医保码"))
    unfrozen = tag("credential:unfrozen", _l("恢复了医保码"), own=_l("恢复了您的医保码"))
    ended = tag("credential:ended", _l("停用了医保码"), own=_l("停用了您的医保码"))
    taken_over = tag("credential:taken_over", _l("医保码转到了本人的账号"), own=_l("把您的医保码转到了本人的账号"))
    pin_set = tag("credential:pin_set", _l("设了展码密码"))
    pin_changed = tag("credential:pin_changed", _l("改了展码密码"), own=_l("改了展码密码"))
    pin_wrong = tag("credential:pin_wrong", _l("展码密码输错了"))
    pin_locked = tag("credential:pin_locked", _l("展码密码错得太多，锁住了"), own=_l("展码密码输错太多，锁住了"))
    pin_guessed = tag(
        "credential:pin_guessed", _l("展码密码连续输错太多，设备不再可信"), own=_l("展码密码连续输错太多，移除了那台设备")
    )
    unlocked = tag("credential:unlocked", _l("打开了医保码"))
    use_denied = tag("credential:use_denied", _l("说一次使用不是本人"), own=_l("说有一次使用不是本人"))
    denial_settled = tag("credential:denial_settled", _l("查清了一次不是本人的使用"), own=_l("查过了您说的“不是我”"))
    slip_issued = tag("slip:issued", _l("开了一张纸质码"), own=_l("开了一张您的纸质凭条"))
    slip_shown = tag("slip:shown", _l("打开了纸质码的打印页"))
    slip_revoked = tag("slip:revoked", _l("作废了一张纸质码"), own=_l("作废了您的纸质凭条"))
    presentation_made = tag("presentation:made", _l("在一台设备上出示医保码"))
    presentation_ended = tag("presentation:ended", _l("一台设备不再出示医保码"))
    tags_forged = tag(
        "presentation:tags_forged",
        _l("有人多次出示核对不上的码，那台设备的码停用了"),
        own=_l("发现有人多次出示核对不上的码，停用了那台设备的码"),
        is_alarm=True,
    )

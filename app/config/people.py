"""Settings of families, mutual aid, papers and the roster."""

from dataclasses import dataclass

from app.config.fields import flag, text, whole
from app.config.grammar import WORKING_HOURS


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class FamilySettings:
    """Who may show whose code, and from what age."""

    family_members_per_holder: int = whole(
        5, 1, 20, "members", "How many relatives one person may add (S38, C13).", "一个人最多绑定几名家人。"
    )
    family_holders_per_member: int = whole(
        8, 1, 20, "holders", "By how many people one person may be added (S39, C13).", "一个人最多被几个人绑定。"
    )
    family_documents_below: int = whole(
        16, 14, 18, "years", "Younger members are added by papers and review (S40, C1).", "不满多少岁凭材料审核绑定。"
    )
    family_own_from: int = whole(
        17,
        16,
        18,
        "years",
        "From this age on the member's own consent alone counts; between the two ages either way is open (S42, C1).",
        "满多少岁必须本人同意；两个年龄之间两种方式都可以。",
    )
    family_guardian_below: int = whole(
        14,
        14,
        18,
        "years",
        "Below this age a guardian decides (Personal Information Protection Law 31: 14).",
        "不满多少岁由监护人决定。",
    )
    family_holder_from: int = whole(
        18, 16, 21, "years", "From this age on one may add others and be a witness.", "满多少岁可以添加家人、作证。"
    )
    family_adult_review: bool = flag(
        "Has staff review the links of adults too, after their own consent.", "成年人本人同意后，仍要工作人员审核。"
    )
    family_invitation_days: int = whole(30, 1, 90, "days", "How long an invitation waits for an answer.", "邀请多少天内可以答复。")
    family_step_up_minutes: int = whole(
        30,
        5,
        60,
        "minutes",
        "How long one's own face check or code counts while adding somebody.",
        "添加家人时，本人核验一次多少分钟内有效。",
    )
    family_renewal_grace_days: int = whole(
        30,
        0,
        90,
        "days",
        "How long a link lasts past the birthday from which the member has to consent.",
        "满需本人同意的年龄后，绑定还可以保留多少天。",
        zero="it ends on the birthday",
        zero_zh="生日当天即结束",
    )
    family_calls_at_once: int = whole(
        3, 1, 50, "calls", "How many booked calls the bureau can make in one half hour.", "每半小时最多预约几通回访电话。"
    )
    family_call_hours: str = text(
        "09:00-11:30,14:00-17:00",
        "The hours of a working day, Chinese time, in which calls can be booked.",
        "工作日可以预约回访电话的时间（北京时间）。",
        grammar=WORKING_HOURS,
    )
    family_call_days_ahead: int = whole(
        7,
        1,
        14,
        "days",
        "How many days ahead a call can be booked, weekends included twice over.",
        "最多可以提前几天预约回访电话。",
    )
    mutual_aid_most_yuan: int = whole(
        100_000, 1, 1_000_000, "yuan", "The highest monthly cap somebody can set for a relative.", "给家人设的每月限额最高多少元。"
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class DocumentSettings:
    """Uploaded papers: how large, how many, and how long they are kept."""

    document_max_megabytes: int = whole(
        10, 1, 50, "MiB", "The largest file (OWASP file upload: 10 are enough for a photo).", "一个文件最大多少 MiB。"
    )
    document_max_megapixels: int = whole(40, 2, 100, "megapixels", "The largest photo (ASVS 5.2.6).", "一张照片最多多少百万像素。")
    document_max_side: int = whole(
        2400, 1200, 4800, "pixels", "The longer side of the picture that is kept.", "保存的图片长边多少像素。"
    )
    document_max_files: int = whole(6, 1, 20, "files", "Files of one application.", "一份申请最多几个文件。")
    document_max_pdf_pages: int = whole(
        12, 1, 50, "pages", "Pages of one PDF, or parts of one long picture.", "一个 PDF 最多几页。"
    )
    document_pdf_seconds: int = whole(
        30, 1, 120, "seconds", "Processor time for reading one PDF.", "读一个 PDF 最多用多少秒处理器时间。"
    )
    document_photo_seconds: int = whole(
        10, 1, 45, "seconds", "Processor time for one photo, which its sender waits for.", "处理一张照片最多用多少秒处理器时间。"
    )
    document_quota_megabytes: int = whole(
        200, 10, 2_000, "MiB", "Papers kept for one person (ASVS 5.2.4).", "一个人的材料最多共多少 MiB。"
    )
    document_draft_days: int = whole(
        30, 1, 90, "days", "How long papers of an application that is not sent are kept.", "没有提交的材料保留多少天。"
    )
    document_keep_days: int = whole(
        90,
        1,
        1095,
        "days",
        "How long papers are kept after the decision (PIPL 19: no longer than needed).",
        "审核决定后材料保留多少天。",
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class RosterSettings:
    """Imports of insured persons."""

    roster_batch_rows: int = whole(
        10_000, 500, 100_000, "rows", "Rows written in one transaction; smaller makes others wait less.", "导入时一次写入多少行。"
    )
    roster_max_megabytes: int = whole(
        400, 1, 4_096, "MiB", "The largest file sent through the web.", "网上提交的名册文件最大多少 MiB。"
    )
    roster_max_rows: int = whole(2_000_000, 1_000, 100_000_000, "rows", "The most rows of one file.", "一个名册文件最多多少行。")
    roster_keep_days: int = whole(7, 1, 30, "days", "How long a file that is not applied stays.", "没有生效的名册文件保留多少天。")
    roster_undo_days: int = whole(7, 1, 30, "days", "How long an import can be taken back.", "导入后多少天内可以撤销。")
    roster_warn_percent: int = whole(
        20, 1, 100, "percent", "The dry run warns when more of the roster would change.", "试运行发现变动超过百分之几即提醒。"
    )
    roster_warn_shrunk_percent: int = whole(
        50,
        1,
        100,
        "percent",
        "The dry run warns when the file is so much smaller than the last one.",
        "文件比上次少百分之几即提醒。",
    )

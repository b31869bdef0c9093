"""Legal texts: those in force, earlier versions, and drafts, which need three languages and a second person's approval."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries
from app.accounts import service as accounts
from app.accounts.models import ConsentPurpose, Notice, NoticeDraft
from app.accounts.notice_rules import NoticeWords, check_words
from app.accounts.notice_words import shipped_notice
from app.bureau import service
from app.bureau.author_names import names_of_authors
from app.bureau.forms.content import NoticeTextForm, ProposalForm, number_of
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.core.locale import LANGUAGES, SOURCE
from app.help.line_diff import line_diff
from app.staff.policy import Right, may, staff_signed_in
from app.staff.visitor import current_staff


@blueprint.get("/bureau/content/notices")
@access(may(Right.manage_content))
def list_notices() -> ResponseReturnValue:
    in_force = queries.list_notices_in_force()
    drafts = queries.list_drafts()
    return render_template(
        "bureau/list_notices.html",
        notices=[in_force[purpose] for purpose in ConsentPurpose if purpose in in_force],
        drafts=drafts,
        waiting={purpose for purpose, draft in drafts.items() if service.is_waiting(draft)},
        shipped={purpose: version for purpose in in_force if (version := _unused_version(in_force[purpose]))},
    )


@blueprint.get("/bureau/content/notices/<int:notice_id>")
@access(may(Right.manage_content))
def show_notice(notice_id: int) -> ResponseReturnValue:
    """Shows one version in all its languages, and what it changed in the version before."""
    notice = queries.get_notice(notice_id)
    versions = queries.list_notice_versions(notice.purpose)
    older = next((one for one in versions if one.id < notice.id), None)
    return render_template(
        "bureau/show_notice.html",
        notice=notice,
        versions=versions,
        names=names_of_authors({one.published_by for one in versions}),
        diff=line_diff(_whole(older), _whole(notice)) if older else [],
        shipped=_unused_version(versions[0]),
    )


@blueprint.post("/bureau/content/notices/<int:notice_id>/draft")
@access(may(Right.manage_content))
def create_notice_draft(notice_id: int) -> ResponseReturnValue:
    """If the field `from` is `release`, the draft begins with the text of this release."""
    notice = queries.get_notice(notice_id)
    draft = accounts.start_draft(notice.purpose, from_release=request.form.get("from") == "release", by=current_staff.actor)
    return redirect(url_for("bureau.edit_notice_draft", draft_id=draft.id), 303)


@blueprint.get("/bureau/content/notice-drafts/<int:draft_id>")
@access(may(Right.manage_content))
def edit_notice_draft(draft_id: int) -> ResponseReturnValue:
    draft, language = queries.get_draft(draft_id), _language(request.args.get("language", ""))
    text = accounts.text_of(draft, language)
    values = {name: getattr(text, name) for name in ("title", "label", "legal_basis", "body")} if text else {}
    return _show_draft(NoticeTextForm(formdata=None, data=values), draft, language)


@blueprint.post("/bureau/content/notice-drafts/<int:draft_id>")
@access(may(Right.manage_content))
def update_notice_draft(draft_id: int) -> ResponseReturnValue:
    draft, form = queries.get_draft(draft_id), NoticeTextForm()
    language = form.language.data or ""
    try:
        service.take_up_again(current_staff.member, draft_id)
        accounts.save_draft(draft_id, language, _words(form), seen=number_of(form.edition.data), by=current_staff.actor)
    except DomainError as refusal:
        if refusal.code == accounts.CHANGED_MEANWHILE:
            return _show_draft(form, queries.get_draft(draft_id), language, refusal.status, conflict=refusal)
        return _show_draft(form, draft, _language(language), form.take(refusal))
    flash(_("已保存，还没有公布。"))
    return redirect(url_for("bureau.edit_notice_draft", draft_id=draft_id, language=language), 303)


@blueprint.post("/bureau/content/notice-drafts/<int:draft_id>/preview")
@access(may(Right.manage_content))
def show_notice_preview(draft_id: int) -> ResponseReturnValue:
    draft, form = queries.get_draft(draft_id), NoticeTextForm()
    language = _language(form.language.data or "")
    try:
        check_words(_words(form), language)
    except DomainError as refusal:
        return _show_draft(form, draft, language, form.take(refusal))
    return _show_draft(form, draft, language, preview=_words(form))


@blueprint.post("/bureau/content/notice-drafts/<int:draft_id>/proposal")
@access(may(Right.manage_content))
def create_notice_proposal(draft_id: int) -> ResponseReturnValue:
    service.propose_notice(current_staff.member, draft_id, is_material=ProposalForm().is_material.data)
    flash(_("已提交。另一个人复核以后公布。"))
    return redirect(url_for("bureau.edit_notice_draft", draft_id=draft_id), 303)


@blueprint.post("/bureau/content/notice-drafts/<int:draft_id>/removal")
@access(may(Right.manage_content))
def create_notice_draft_removal(draft_id: int) -> ResponseReturnValue:
    service.take_up_again(current_staff.member, draft_id)
    accounts.drop_draft(draft_id, by=current_staff.actor)
    flash(_("已删除草稿，现行的文本没有变。"))
    return redirect(url_for("bureau.list_notices"), 303)


@blueprint.get("/bureau/content/notice-drafts/<int:draft_id>/text")
@access(staff_signed_in)
def show_notice_draft(draft_id: int) -> ResponseReturnValue:
    """Open to all staff, because the draft's approver needs it: in a small bureau that is a second named person of any role."""
    draft = queries.get_draft(draft_id)
    in_force, source = queries.find_notice(draft.purpose), accounts.text_of(draft, SOURCE)
    return render_template(
        "bureau/show_notice_draft.html",
        draft=draft,
        source=source,
        diff=line_diff(_whole(in_force) if in_force else "", _whole(source)) if source else [],
        texts=[text for language in LANGUAGES if (text := accounts.text_of(draft, language))],
    )


def _unused_version(in_force: Notice) -> str:
    """The version this release brings while the bureau's own text is in force; empty if there is nothing to take over."""
    file = shipped_notice(in_force.purpose)
    if file is None or in_force.is_of_release or queries.find_notice_version(in_force.purpose, file.version):
        return ""
    return file.version


def _language(name: str) -> str:
    return name if name in LANGUAGES else SOURCE


def _words(form: NoticeTextForm) -> NoticeWords:
    return NoticeWords(
        title=form.title.data or "", label=form.label.data or "", legal_basis=form.legal_basis.data or "", body=form.body.data or ""
    )


def _whole(text: object) -> str:
    return "\n".join(str(getattr(text, name)) for name in ("title", "label", "legal_basis", "body"))


def _show_draft(
    form: NoticeTextForm,
    draft: NoticeDraft,
    language: str,
    status: int = 200,
    *,
    conflict: DomainError | None = None,
    preview: NoticeWords | None = None,
) -> ResponseReturnValue:
    """Keeps what was typed in the form. After a conflict the form refers to the edition that is stored now."""
    if not form.is_submitted() or conflict:
        form.edition.data = str(draft.edition)
    text = accounts.text_of(draft, language)
    page = render_template(
        "bureau/edit_notice_draft.html",
        form=form,
        draft=draft,
        language=language,
        is_waiting=service.is_waiting(draft),
        written={one.language for one in draft.texts},
        conflict=conflict,
        diff=line_diff(_whole(text), _whole(_words(form))) if conflict and text else [],
        preview=preview,
        proposal=ProposalForm(formdata=None),
    )
    return page, status

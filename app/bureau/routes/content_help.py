"""Guides, questions, reasons and pages in three languages: drafts, preview, publishing, and all earlier versions."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.author_names import names_of_authors
from app.bureau.forms.content import LanguageForm, NewTextForm, TextForm, number_of
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.core.locale import LANGUAGES, SOURCE
from app.help import queries, service
from app.help.front_matter import Content
from app.help.line_diff import content_diff
from app.help.models import HelpKind, HelpText
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/content/help")
@access(may(Right.manage_content))
def list_help() -> ResponseReturnValue:
    return _show_list(NewTextForm(formdata=None), _kind(request.args.get("kind", "")))


@blueprint.post("/bureau/content/help")
@access(may(Right.manage_content))
def create_help() -> ResponseReturnValue:
    form = NewTextForm()
    try:
        row = service.add_text(form.chosen_kind, form.slug.data or "", form.title.data or "", by=current_staff.actor)
    except DomainError as refusal:
        return _show_list(form, form.chosen_kind, form.take(refusal))
    return redirect(url_for("bureau.edit_help", text_id=row.id), 303)


@blueprint.get("/bureau/content/help/<int:text_id>")
@access(may(Right.manage_content))
def edit_help(text_id: int) -> ResponseReturnValue:
    row = queries.get_row(text_id)
    content = queries.content_of(queries.find_draft(row) or row)
    values = {name: getattr(content, name) for name in ("title", "body", "keywords", "position", "source", "last_checked")}
    return _show_text(TextForm(formdata=None, data=values), row)


@blueprint.post("/bureau/content/help/<int:text_id>")
@access(may(Right.manage_content))
def update_help(text_id: int) -> ResponseReturnValue:
    """The field `do` is `publish`, or `draft`, which does not change what citizens read."""
    row, form = queries.get_row(text_id), TextForm()
    if not form.validate_on_submit():
        return _show_text(form, row, 422)
    publish = request.form.get("do") == "publish"
    try:
        service.save_text(row.id, _content(form), seen=number_of(form.edition.data), publish=publish, by=current_staff.actor)
    except DomainError as refusal:
        if refusal.code == service.CHANGED_MEANWHILE:
            return _show_text(form, queries.get_row(text_id), refusal.status, conflict=refusal)
        return _show_text(form, row, form.take(refusal))
    flash(_("已公布，参保人马上就能看到。") if publish else _("已存为草稿，参保人看到的没有变。"))
    return redirect(url_for("bureau.edit_help", text_id=text_id), 303)


@blueprint.post("/bureau/content/help/<int:text_id>/preview")
@access(may(Right.manage_content))
def show_help_preview(text_id: int) -> ResponseReturnValue:
    """Shows the text as citizens would see it; nothing is saved."""
    row, form = queries.get_row(text_id), TextForm()
    if not form.validate_on_submit():
        return _show_text(form, row, 422)
    try:
        service.check_content(_content(form))
    except DomainError as refusal:
        return _show_text(form, row, form.take(refusal))
    return _show_text(form, row, preview=_content(form))


@blueprint.post("/bureau/content/help/<int:text_id>/translations")
@access(may(Right.manage_content))
def create_help_translation(text_id: int) -> ResponseReturnValue:
    form = LanguageForm()
    row = service.add_translation(text_id, form.language.data or "", by=current_staff.actor)
    return redirect(url_for("bureau.edit_help", text_id=row.id), 303)


@blueprint.post("/bureau/content/help/<int:text_id>/withdrawal")
@access(may(Right.manage_content))
def create_help_withdrawal(text_id: int) -> ResponseReturnValue:
    service.withdraw_text(text_id, by=current_staff.actor)
    flash(_("已撤下，参保人看不到了。可以随时再公布。"))
    return redirect(url_for("bureau.edit_help", text_id=text_id), 303)


@blueprint.get("/bureau/content/help/<int:text_id>/versions")
@access(may(Right.manage_content))
def list_help_versions(text_id: int) -> ResponseReturnValue:
    row = queries.get_row(text_id)
    versions = queries.list_versions(row)
    names = names_of_authors({version.saved_by for version in versions})
    return render_template("bureau/list_help_versions.html", row=row, versions=versions, names=names)


@blueprint.get("/bureau/content/help/<int:text_id>/versions/<int:version_id>")
@access(may(Right.manage_content))
def show_help_version(text_id: int, version_id: int) -> ResponseReturnValue:
    row = queries.get_row(text_id)
    version = queries.get_version(row, version_id)
    before = queries.find_version_before(version)
    return render_template(
        "bureau/show_help_version.html",
        row=row,
        version=version,
        name=names_of_authors([version.saved_by])[version.saved_by],
        diff=content_diff(queries.content_of(before) if before else None, queries.content_of(version)),
    )


@blueprint.post("/bureau/content/help/<int:text_id>/versions/<int:version_id>/restoration")
@access(may(Right.manage_content))
def create_help_restoration(text_id: int, version_id: int) -> ResponseReturnValue:
    service.restore_version(text_id, version_id, by=current_staff.actor)
    flash(_("已恢复这一版，参保人马上就能看到。"))
    return redirect(url_for("bureau.edit_help", text_id=text_id), 303)


def _kind(name: str) -> HelpKind:
    return {kind.value: kind for kind in HelpKind}.get(name, HelpKind.guide)


def _content(form: TextForm) -> Content:
    return Content(
        title=form.title.data or "",
        body=form.body.data or "",
        keywords=form.keywords.data or "",
        source=form.source.data or "",
        last_checked=form.last_checked.day,
        position=form.position.data or 0,
    )


def _show_list(form: NewTextForm, kind: HelpKind, status: int = 200) -> ResponseReturnValue:
    form.offer()
    if not form.is_submitted():
        form.kind.data = kind.value
    rows = queries.list_rows(kind)
    by_slug: dict[str, dict[str, HelpText]] = {}
    for row in rows:
        by_slug.setdefault(row.slug, {})[row.language] = row
    page = render_template(
        "bureau/list_help.html",
        form=form,
        kind=kind,
        kinds=list(HelpKind),
        texts=by_slug,
        drafts=queries.list_drafts(rows),
        is_as_loaded=queries.is_as_loaded,
        source=SOURCE,
    )
    return page, status


def _show_text(
    form: TextForm, row: HelpText, status: int = 200, *, conflict: DomainError | None = None, preview: Content | None = None
) -> ResponseReturnValue:
    """Keeps what was typed in the form. After a conflict the form refers to the edition that is stored now."""
    draft = queries.find_draft(row)
    if not form.is_submitted() or conflict:
        form.edition.data = str(row.edition)
    missing = [language for language in LANGUAGES if queries.find_row(row.kind, row.slug, language) is None]
    languages = LanguageForm(formdata=None)
    languages.offer(missing)
    page = render_template(
        "bureau/edit_help.html",
        form=form,
        row=row,
        draft=draft,
        follows_release=queries.is_as_loaded(row),
        conflict=conflict,
        diff=content_diff(queries.content_of(draft or row), _content(form)) if conflict else [],
        preview=preview,
        languages_form=languages if row.language == SOURCE and languages.language.choices else None,
    )
    return page, status

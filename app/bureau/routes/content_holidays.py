"""Days off and days worked instead, one page for each year. A change does not move promises already given."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.author_names import names_of_authors
from app.bureau.forms.content import DayOffForm, YearFileForm
from app.bureau.routes.blueprint import blueprint
from app.core import clock
from app.core.access import access
from app.core.errors import DomainError, NotFound
from app.reviews import queries, service
from app.reviews.holiday_file import MOST_BYTES
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/content/holidays")
@access(may(Right.manage_content))
def list_holidays() -> ResponseReturnValue:
    """Goes to the year whose days off are missing, or else to the current year."""
    return redirect(url_for("bureau.show_holidays", year=queries.find_missing_year() or clock.today().year), 303)


@blueprint.get("/bureau/content/holidays/<int:year>")
@access(may(Right.manage_content))
def show_holidays(year: int) -> ResponseReturnValue:
    return _show_year(year)


@blueprint.post("/bureau/content/holidays/<int:year>")
@access(may(Right.manage_content))
def create_holiday(year: int) -> ResponseReturnValue:
    form = DayOffForm()
    if not form.validate_on_submit():
        return _show_year(year, form, status=422)
    if form.day.day is None or form.day.day.year != year:
        form.day.errors = [_("请写 %(year)d 年的日期，例如 %(year)d-10-01。", year=year)]
        return _show_year(year, form, status=422)
    try:
        service.set_holiday(form.day.day, form.name.data or "", is_worked=form.is_worked.data, by=current_staff.actor)
    except DomainError as refusal:
        return _show_year(year, form, status=form.take(refusal))
    flash(_("已保存。"))
    return _to(year)


@blueprint.post("/bureau/content/holidays/<int:year>/removal")
@access(may(Right.manage_content))
def create_holiday_removal(year: int) -> ResponseReturnValue:
    form = DayOffForm()
    form.validate()
    if form.day.day is None or form.day.day.year != year:
        raise NotFound
    service.remove_holiday(form.day.day, by=current_staff.actor)
    flash(_("已删除，这一天和平常一样了。"))
    return _to(year)


@blueprint.post("/bureau/content/holidays/<int:year>/file")
@access(may(Right.manage_content))
def create_holiday_file(year: int) -> ResponseReturnValue:
    form = YearFileForm()
    data = form.file.data.stream.read(MOST_BYTES + 1) if form.file.data else b""
    try:
        count = service.replace_year(_year(year), data, by=current_staff.actor)
    except DomainError as refusal:
        return _show_year(year, file_form=form, status=form.take(refusal))
    flash(_("已录入 %(count)d 天。", count=count))
    return _to(year)


@blueprint.post("/bureau/content/holidays/<int:year>/check")
@access(may(Right.manage_content))
def create_holiday_check(year: int) -> ResponseReturnValue:
    service.confirm_year(_year(year), by=current_staff.actor)
    flash(_("已记下：%(year)d 年和放假通知核对过。", year=year))
    return _to(year)


def _year(year: int) -> int:
    if not service.FIRST_YEAR <= year <= service.LAST_YEAR:
        raise NotFound
    return year


def _to(year: int) -> ResponseReturnValue:
    return redirect(url_for("bureau.show_holidays", year=year), 303)


def _show_year(
    year: int, form: DayOffForm | None = None, file_form: YearFileForm | None = None, status: int = 200
) -> ResponseReturnValue:
    confirmed = queries.find_holiday_year(_year(year))
    page = render_template(
        "bureau/show_holidays.html",
        year=year,
        days=queries.list_holidays_of(year),
        confirmed=confirmed,
        who=names_of_authors([confirmed.confirmed_by])[confirmed.confirmed_by] if confirmed else "",
        form=form or file_form or DayOffForm(formdata=None),
        day_form=form or DayOffForm(formdata=None),
        file_form=file_form or YearFileForm(formdata=None),
        first=service.FIRST_YEAR,
        last=service.LAST_YEAR,
    )
    return page, status

"""The hotline: find the person, verify the caller, act. No address contains personal data."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import find_account_of_person, list_devices, phone_of
from app.bureau.forms import MessageForm, SearchForm
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.credentials.queries import find_credential_of
from app.family.queries import is_disputed, list_links_of_member
from app.hotline import queries, service
from app.hotline.models import CallerCheck, HotlineCall, HotlineSearch
from app.regions.queries import find_region
from app.roster.queries import cert_no_of, get_person
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/calls")
@access(may(Right.find_citizens))
def list_calls() -> ResponseReturnValue:
    return _show_search(SearchForm())


@blueprint.post("/bureau/calls/searches")
@access(may(Right.find_citizens))
def create_search() -> ResponseReturnValue:
    form = SearchForm()
    if not form.validate_on_submit():
        return _show_search(form, 422)
    try:
        search = _search(form, request.form.get("by", ""))
    except DomainError as refusal:
        field = {"phone": form.phone, "tail": form.tail, "help_code": form.help_code}.get(refusal.field)
        if field is None:
            raise
        form.refuse(field, refusal.what)
        return _show_search(form, refusal.status)
    return redirect(url_for("bureau.show_search", search_id=search.id), 303)


@blueprint.get("/bureau/calls/searches/<int:search_id>")
@access(may(Right.find_citizens))
def show_search(search_id: int) -> ResponseReturnValue:
    search = queries.get_search(current_staff.staff_id, search_id)
    return render_template(
        "bureau/show_search.html", search=search, persons=queries.list_persons(search.found), cert_no_of=cert_no_of
    )


@blueprint.post("/bureau/calls/searches/<int:search_id>/persons/<int:person_id>/call")
@access(may(Right.find_citizens))
def create_call(search_id: int, person_id: int) -> ResponseReturnValue:
    search = queries.get_search(current_staff.staff_id, search_id)
    call = service.open_call(current_staff.member, search, person_id)
    return _to(call)


@blueprint.get("/bureau/calls/<int:call_id>")
@access(may(Right.find_citizens))
def show_call(call_id: int) -> ResponseReturnValue:
    return _show_call(_own(call_id), MessageForm())


@blueprint.post("/bureau/calls/<int:call_id>/verification")
@access(may(Right.find_citizens))
def create_verification(call_id: int) -> ResponseReturnValue:
    call = _own(call_id)
    right = [check for check in CallerCheck if check.value in request.form.getlist("check")]
    if service.verify_caller(current_staff.member, call, right):
        flash(_("来电人已核对。"))
    else:
        flash(_("说对的不到 %(count)d 项，只能挂失和留言。请让对方带证件到窗口。", count=service.CHECKS_NEEDED), "warn")
    return _to(call)


@blueprint.post("/bureau/calls/<int:call_id>/freezing")
@access(may(Right.freeze_credentials))
def create_freezing(call_id: int) -> ResponseReturnValue:
    call = _own(call_id)
    if service.freeze_for_caller(current_staff.member, call):
        flash(_("已挂失，下一次扫码就不能用了。"))
    else:
        flash(_("这个人没有在用的医保码，别的都已经退出。"), "info")
    return _to(call)


@blueprint.post("/bureau/calls/<int:call_id>/devices/<int:device_id>/removal")
@access(may(Right.freeze_credentials))
def create_device_unbinding(call_id: int, device_id: int) -> ResponseReturnValue:
    call = _own(call_id)
    service.unbind_device(current_staff.member, call, device_id)
    flash(_("已移除这台设备。"))
    return _to(call)


@blueprint.post("/bureau/calls/<int:call_id>/links/<int:link_id>/unbinding")
@access(may(Right.freeze_credentials))
def create_link_unbinding(call_id: int, link_id: int) -> ResponseReturnValue:
    call = _own(call_id)
    service.unbind_link(current_staff.member, call, link_id)
    flash(_("已解绑，那个人不能再出示这张码。"))
    return _to(call)


@blueprint.post("/bureau/calls/<int:call_id>/message")
@access(may(Right.freeze_credentials))
def create_message(call_id: int) -> ResponseReturnValue:
    call, form = _own(call_id), MessageForm()
    try:
        service.message_caller(current_staff.member, call, form.text.data or "")
    except DomainError as refusal:
        if refusal.field != "text":
            raise
        form.text.errors = [refusal.what]
        return _show_call(call, form, refusal.status)
    flash(_("留言已放进对方的消息。"))
    return _to(call)


@blueprint.post("/bureau/calls/<int:call_id>/unfreezing")
@access(may(Right.freeze_credentials))
def create_unfreezing(call_id: int) -> ResponseReturnValue:
    call = _own(call_id)
    service.ask_unfreezing(current_staff.member, call)
    flash(_("已提交，请另一位话务员在“来电”页确认。"))
    return _to(call)


def _search(form: SearchForm, by: str) -> HotlineSearch:
    staff = current_staff.member
    if by == "name":
        return service.search_name(staff, form.name.data or "", form.tail.data or "")
    if by == "help-code":
        return service.search_help_code(staff, form.help_code.data or "")
    return service.search_phone(staff, form.phone.data or "")


def _own(call_id: int) -> HotlineCall:
    return queries.get_call(current_staff.staff_id, call_id)


def _to(call: HotlineCall) -> ResponseReturnValue:
    return redirect(url_for("bureau.show_call", call_id=call.id), 303)


def _show_search(form: SearchForm, status: int = 200) -> ResponseReturnValue:
    waiting = queries.list_unfreezings(current_staff.regions)
    page = render_template(
        "bureau/list_calls.html",
        form=form,
        waiting=[(one, get_person(one.person_id), queries.get_call_of(one)) for one in waiting],
        labels={check.value: check.label for check in CallerCheck},
        own=current_staff.staff_id,
        may_confirm=current_staff.may(Right.confirm_unfreezing),
    )
    return page, status


def _show_call(call: HotlineCall, form: MessageForm, status: int = 200) -> ResponseReturnValue:
    person = get_person(call.person_id)
    account = find_account_of_person(person.id)
    region = find_region(person.insured_region)
    page = render_template(
        "bureau/show_call.html",
        call=call,
        form=form,
        person=person,
        account=account,
        cert_no=cert_no_of(person),
        phone=phone_of(account) if account else "",
        region=region.name if region else person.insured_region,
        credential=find_credential_of(person.id),
        devices=list_devices(account.id) if account else [],
        links=list_links_of_member(person.id),
        checks=list(CallerCheck),
        right=call.checks.split(","),
        needed=service.CHECKS_NEEDED,
        unfreezing=queries.find_unfreezing_of(call),
        is_child=service.may_be_disputed(person.id),
        is_disputed=is_disputed(person.id),
    )
    return page, status

"""The list of an account's devices (browsers), and removing them."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries, service
from app.accounts.policy import signed_in, trusted
from app.accounts.routes.blueprint import blueprint
from app.accounts.routes.sign_in import left
from app.accounts.visitor import current_visitor
from app.core.access import access


@blueprint.get("/me/devices")
@access(trusted)
def list_devices() -> ResponseReturnValue:
    return render_template(
        "accounts/list_devices.html",
        account=current_visitor.account,
        devices=queries.list_devices(current_visitor.account.id),
        here=current_visitor.device.id,
    )


@blueprint.get("/me/devices/<int:device_id>/removal")
@access(trusted)
def new_device_removal(device_id: int) -> ResponseReturnValue:
    device = queries.get_device(current_visitor.account.id, device_id)
    return render_template(
        "accounts/new_device_removal.html", device=device, here=current_visitor.device.id, account=current_visitor.account
    )


@blueprint.post("/me/devices/<int:device_id>/removal")
@access(trusted)
def create_device_removal(device_id: int) -> ResponseReturnValue:
    device = queries.get_device(current_visitor.account.id, device_id)
    is_this_one = device.id == current_visitor.device.id
    service.revoke_device(device)
    if is_this_one:
        return left()
    flash(_("已移除这台设备，它不能再打开您的账号。"))
    return redirect(url_for("accounts.list_devices"), 303)


@blueprint.post("/me/sign-outs")
@access(signed_in)
def create_sign_out_everywhere() -> ResponseReturnValue:
    service.sign_out_everywhere(current_visitor.account)
    return left()

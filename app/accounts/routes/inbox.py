"""消息: the inbox of an account. Its messages are kept by the messages feature, which is lower and knows no visitor."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.policy import trusted
from app.accounts.routes.blueprint import blueprint
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.messages import queries, service


def count_unread_here() -> int:
    """For every page: the visitor's unread messages, 0 for strangers and on devices that are not trusted."""
    if not (current_visitor.is_authenticated and current_visitor.is_trusted):
        return 0
    return queries.count_unread(current_visitor.account.id)


@blueprint.get("/inbox")
@access(trusted)
def list_messages() -> ResponseReturnValue:
    return render_template("messages/list_messages.html", messages=queries.list_messages(current_visitor.account.id))


@blueprint.get("/inbox/<int:message_id>")
@access(trusted)
def show_message(message_id: int) -> ResponseReturnValue:
    message = queries.get_message(current_visitor.account.id, message_id)
    if message.read_at is None:
        service.mark_read(message)
    return render_template("messages/show_message.html", message=message)

"""The acts of the bureau's pages themselves: publishing a legal text by four eyes, and its reminders."""

from app.bureau.service.notices import PUBLISHING as PUBLISHING
from app.bureau.service.notices import is_waiting as is_waiting
from app.bureau.service.notices import propose_notice as propose_notice
from app.bureau.service.notices import publish_approved as publish_approved
from app.bureau.service.notices import take_up_again as take_up_again
from app.bureau.service.notices import tell_approval as tell_approval
from app.bureau.service.reminders import remind_of_content as remind_of_content

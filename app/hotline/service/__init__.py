"""The acts of the hotline; the only writer of its tables."""

from app.hotline.service.acts import ask_unfreezing as ask_unfreezing
from app.hotline.service.acts import confirm_unfreezing as confirm_unfreezing
from app.hotline.service.acts import freeze_for_caller as freeze_for_caller
from app.hotline.service.acts import message_caller as message_caller
from app.hotline.service.acts import refuse_unfreezing as refuse_unfreezing
from app.hotline.service.acts import unbind_device as unbind_device
from app.hotline.service.acts import unbind_link as unbind_link
from app.hotline.service.calls import CHECKS_NEEDED as CHECKS_NEEDED
from app.hotline.service.calls import expire_searches as expire_searches
from app.hotline.service.calls import note_search as note_search
from app.hotline.service.calls import open_call as open_call
from app.hotline.service.calls import search_help_code as search_help_code
from app.hotline.service.calls import search_name as search_name
from app.hotline.service.calls import search_phone as search_phone
from app.hotline.service.calls import verify_caller as verify_caller
from app.hotline.service.followups import agree_by_telephone as agree_by_telephone
from app.hotline.service.followups import call_about_denial as call_about_denial
from app.hotline.service.followups import close_denial as close_denial
from app.hotline.service.followups import disagree_by_telephone as disagree_by_telephone
from app.hotline.service.followups import dispute_custody as dispute_custody
from app.hotline.service.followups import may_be_disputed as may_be_disputed
from app.hotline.service.followups import note_no_answer as note_no_answer
from app.hotline.service.followups import open_call_back as open_call_back
from app.hotline.service.followups import open_denial as open_denial
from app.hotline.service.followups import settle_custody as settle_custody

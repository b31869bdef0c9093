"""Reads of accounts, sessions, devices, SMS codes, legal texts and consents."""

from app.accounts.queries.accounts import find_account_by_phone as find_account_by_phone
from app.accounts.queries.accounts import find_account_of_person as find_account_of_person
from app.accounts.queries.accounts import find_sms_code as find_sms_code
from app.accounts.queries.accounts import get_account as get_account
from app.accounts.queries.accounts import phone_hash as phone_hash
from app.accounts.queries.accounts import phone_hashes as phone_hashes
from app.accounts.queries.accounts import phone_of as phone_of
from app.accounts.queries.accounts import phone_of_sms_code as phone_of_sms_code
from app.accounts.queries.consents import get_consent as get_consent
from app.accounts.queries.consents import has_consent as has_consent
from app.accounts.queries.consents import list_consents as list_consents
from app.accounts.queries.consents import list_outdated as list_outdated
from app.accounts.queries.consents import list_standing as list_standing
from app.accounts.queries.notices import find_notice as find_notice
from app.accounts.queries.notices import find_notice_version as find_notice_version
from app.accounts.queries.notices import get_draft as get_draft
from app.accounts.queries.notices import get_notice as get_notice
from app.accounts.queries.notices import list_drafts as list_drafts
from app.accounts.queries.notices import list_notice_versions as list_notice_versions
from app.accounts.queries.notices import list_notices as list_notices
from app.accounts.queries.notices import list_notices_in_force as list_notices_in_force
from app.accounts.queries.sessions import find_open_session as find_open_session
from app.accounts.queries.sessions import find_session_end as find_session_end
from app.accounts.queries.sessions import get_device as get_device
from app.accounts.queries.sessions import has_other_sessions as has_other_sessions
from app.accounts.queries.sessions import list_devices as list_devices

"""The verbs of institutions: registering them, their keys, their operators."""

from app.institutions.service.after_restore import confirm_keys as confirm_keys
from app.institutions.service.after_restore import end_what_was_open as end_what_was_open
from app.institutions.service.key_requests import KEEP_OLD as KEEP_OLD
from app.institutions.service.key_requests import ask_key as ask_key
from app.institutions.service.key_requests import claim_key as claim_key
from app.institutions.service.key_requests import describe_key_request as describe_key_request
from app.institutions.service.key_requests import grant_key as grant_key
from app.institutions.service.keys import end_key as end_key
from app.institutions.service.keys import issue_key as issue_key
from app.institutions.service.keys import revoke_key as revoke_key
from app.institutions.service.keys import revoke_keys as revoke_keys
from app.institutions.service.operator_factors import begin_factor as begin_factor
from app.institutions.service.operator_factors import confirm_code as confirm_code
from app.institutions.service.operator_factors import enrol_factor as enrol_factor
from app.institutions.service.operator_sessions import choose_operator_password as choose_operator_password
from app.institutions.service.operator_sessions import drop_operator_sessions as drop_operator_sessions
from app.institutions.service.operator_sessions import sign_in_operator as sign_in_operator
from app.institutions.service.operator_sessions import sign_out_operator as sign_out_operator
from app.institutions.service.operators import add_operator as add_operator
from app.institutions.service.operators import disable_operator as disable_operator
from app.institutions.service.operators import remember_business as remember_business
from app.institutions.service.operators import reset_operator as reset_operator
from app.institutions.service.registering import add_institution as add_institution
from app.institutions.service.registering import change_institution as change_institution
from app.institutions.service.registering import set_enabled as set_enabled

"""What the audit log calls the acts of this feature."""

from enum import StrEnum


class InstitutionTag(StrEnum):
    added = "institution:added"
    enabled = "institution:enabled"
    disabled = "institution:disabled"
    key_issued = "institution:key_issued"
    changed = "institution:changed"
    key_granted = "institution:key_granted"
    key_ending = "institution:key_ending"
    key_revoked = "institution:key_revoked"
    key_confirmed = "institution:key_confirmed"  # after a restore had kept it off
    operator_added = "operator:added"
    operator_reset = "operator:reset"
    operator_disabled = "operator:disabled"
    operator_password_wrong = "operator:password_wrong"  # noqa: S105
    operator_locked = "operator:locked"
    operator_signed_in = "operator:signed_in"
    operator_signed_out = "operator:signed_out"
    operator_password_set = "operator:password_set"  # noqa: S105
    operator_factor_set = "operator:factor_set"
    operator_factor_wrong = "operator:factor_wrong"

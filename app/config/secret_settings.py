"""The settings that are secrets; they are checked before anything is served."""

from dataclasses import dataclass
from functools import cached_property

from app.config.fields import secret
from app.config.rules import is_secret, is_secret_hex
from app.key_lists import Key, find_fault, read_carried, read_keys


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class SecretSettings:
    """`flask keys init` writes the secrets once into the instance folder; each may be a list of keys (`app.key_lists`)."""

    secret_key: str = secret("Signs cookies and forms.", "为网页会话和表单签名的密钥。")
    data_key: str = secret("Encrypts and hashes personal data in the database.", "加密数据库里个人信息的密钥。")
    audit_key: str = secret("Proves the rows of the audit log.", "为审计日志逐条作证的密钥。")
    carried_keys: str = secret(
        "What `flask keys drop` keeps of the first DATA_KEY.", "flask keys drop 从第一个 DATA_KEY 中保留下来的部分。"
    )
    code_masters: str = secret("The masters from which the keys of all codes are derived.", "派生所有医保码密钥的主密钥。")

    @cached_property
    def secret_keys(self) -> tuple[Key, ...]:
        """Newest first; so are `data_keys` and `audit_keys`."""
        return read_keys(self.secret_key)

    @cached_property
    def data_keys(self) -> tuple[Key, ...]:
        return read_keys(self.data_key)

    @cached_property
    def audit_keys(self) -> tuple[Key, ...]:
        return read_keys(self.audit_key)

    @cached_property
    def carried(self) -> dict[str, bytes]:
        """The carried keys, keyed by purpose; empty if the setting cannot be read, which `secret_problems` reports."""
        try:
            return read_carried(self.carried_keys)
        except ValueError:
            return {}

    def secret_problems(self) -> list[str]:
        """Sentences that say why the process must not serve with these secrets."""
        found = [
            f"{name.upper()} is missing or no secret of its own: put secrets.env back, or for a new bureau run `flask keys init`."
            for name in ("secret_key", "data_key", "audit_key")
            if not (keys := read_keys(getattr(self, name))) or not all(is_secret(key.secret) for key in keys)
        ]
        for name in ("secret_key", "data_key", "audit_key"):
            if fault := find_fault(read_keys(getattr(self, name))):
                found.append(f"{name.upper()} {fault}: put back the secrets.env that `flask keys rotate` wrote.")
        if self.data_keys and self.data_keys[-1].number > 1 and not self.carried:
            found.append(
                "CARRIED_KEYS is missing or cut, which goes with DATA_KEY: put back the secrets.env that `flask keys drop` wrote."
            )
        if not self.code_masters:
            found.append("CODE_MASTERS is missing: put secrets.env back, or for a new bureau run `flask keys init`.")
        elif any(not is_secret_hex(part) for part in self.code_masters.split(",")):
            found.append("CODE_MASTERS holds a key that is not a secret of its own: run `flask keys init`.")
        return found

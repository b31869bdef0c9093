"""What a letter says about its parties. Pure values."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class LetterFacts:
    """Document numbers are masked: the case itself has them, so the letter need not. day: `2026 年 11 月 22 日`."""

    holder_name: str
    holder_cert_masked: str
    member_name: str
    member_cert_masked: str
    relation: str
    agency_name: str
    day: str

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "LetterFacts":
        return cls(**json.loads(text))

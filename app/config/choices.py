"""The values of those settings that take one of a few words."""

from enum import StrEnum


class Mode(StrEnum):
    demo = "demo"
    production = "production"


class JobRunner(StrEnum):
    """auto means `inside` in the demo and `own` in production."""

    auto = "auto"
    inside = "inside"
    own = "own"
    immediate = "immediate"


class Separation(StrEnum):
    full = "full"
    small = "small"


class CodeDigest(StrEnum):
    sha256 = "sha256"
    sm3 = "sm3"

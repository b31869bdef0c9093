"""What `app.proofs.face.FaceCheck` requires of a provider."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from app.conformance.trying import list_faults, must_raise
from app.proofs.face import Capture, FaceCheck, FaceCheckDown, FaceRequest, FaceResult, ForeignResult, Redirect

LONGEST_NAME, LONGEST_REFERENCE, LONGEST_INSTRUCTIONS = 40, 120, 500  # fixed: characters, as the columns and pages have room


@dataclass(frozen=True, kw_only=True)
class FaceCheckTrial:
    """A provider and the means to control its service.

    decide: makes the service reach a verdict, given the reference and whether the face was the person's. away: the provider, made
    with an address that does not answer; None for a provider that calls no service.
    """

    check: FaceCheck
    decide: Callable[[str, bool], None]
    away: FaceCheck | None


def list_face_check_faults(trial: FaceCheckTrial) -> list[str]:
    return list_faults(
        trial, (_names_itself, _hands_over, _repeats, _waits, _says_verdicts, _keeps_checks_apart, _invents_nothing, _is_away)
    )


def _request() -> FaceRequest:
    return FaceRequest(
        nonce=secrets.token_hex(32),
        purpose="activation",
        name="李明",
        cert_type="01",
        cert_no="510600199003070017",
        return_url=f"https://bureau.example/activation/face-check?state={secrets.token_urlsafe(32)}",
    )


def _names_itself(trial: FaceCheckTrial) -> Iterator[str]:
    """It has a name, and says which pages people may be sent to."""
    if not isinstance(trial.check.name, str) or not 0 < len(trial.check.name) <= LONGEST_NAME:
        yield f"name must be a text of 1 to {LONGEST_NAME} characters, and is {trial.check.name!r}"
    for origin in trial.check.page_origins():
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or f"{parts.scheme}://{parts.netloc}" != origin:
            yield f"page_origins must be origins such as https://face.example, and holds {origin!r}"


def _hands_over(trial: FaceCheckTrial) -> Iterator[str]:
    """A check is started with what the person has to do."""
    handed = trial.check.start(_request())
    if not isinstance(handed, Redirect | Capture):
        yield f"start must answer with Redirect or Capture, and answered with {type(handed).__name__}"
        return
    if not 0 < len(handed.reference) <= LONGEST_REFERENCE:
        yield f"a reference must have 1 to {LONGEST_REFERENCE} characters, and has {len(handed.reference)}"
    if isinstance(handed, Capture):
        if not 0 < len(handed.instructions) <= LONGEST_INSTRUCTIONS:
            yield f"instructions must have 1 to {LONGEST_INSTRUCTIONS} characters, and have {len(handed.instructions)}"
        return
    parts = urlsplit(handed.url)
    is_ours = handed.url.startswith("/") and not parts.netloc
    if not is_ours and f"{parts.scheme}://{parts.netloc}" not in trial.check.page_origins():
        yield f"start sends people to {parts.scheme}://{parts.netloc}, which is not among page_origins"


def _repeats(trial: FaceCheckTrial) -> Iterator[str]:
    """A request that is repeated is the same check, and another request another one."""
    request = _request()
    first = trial.check.start(request).reference
    if trial.check.start(request).reference != first:
        yield "a repeated request with the same nonce must be the same check, and got another reference"
    if trial.check.start(replace(request, nonce=secrets.token_hex(32))).reference == first:
        yield "a request with another nonce must be another check, and got the same reference"


def _waits(trial: FaceCheckTrial) -> Iterator[str]:
    """While there is no verdict the answer is None."""
    request = _request()
    verdict = trial.check.fetch_result(trial.check.start(request).reference, request.nonce)
    if verdict is not None:
        yield f"fetch_result must be None while there is no verdict, and was {verdict!r}"


def _says_verdicts(trial: FaceCheckTrial) -> Iterator[str]:
    """A verdict is said as it is, and again when it is asked for again."""
    for passed in (True, False):
        request = _request()
        reference = trial.check.start(request).reference
        trial.decide(reference, passed)
        for time in ("once", "again"):
            verdict = trial.check.fetch_result(reference, request.nonce)
            if not isinstance(verdict, FaceResult):
                yield f"asked {time} after the verdict, fetch_result must answer with FaceResult, and answered {verdict!r}"
                continue
            if verdict.passed is not passed:
                yield f"asked {time}, passed must be {passed} as the service decided, and is {verdict.passed!r}"
            if (verdict.provider, verdict.reference) != (trial.check.name, reference):
                yield f"a verdict must carry the provider's name and its own reference, and is {verdict!r}"
            if verdict.at.tzinfo is None:
                yield "the moment of a verdict must have a time zone"


def _keeps_checks_apart(trial: FaceCheckTrial) -> Iterator[str]:
    """The verdict of another check is refused."""
    theirs, ours = _request(), _request()
    reference = trial.check.start(theirs).reference
    trial.check.start(ours)
    trial.decide(reference, True)
    yield from must_raise(
        "fetch_result with the nonce of another check", lambda: trial.check.fetch_result(reference, ours.nonce), ForeignResult
    )


def _invents_nothing(trial: FaceCheckTrial) -> Iterator[str]:
    """What was never started has no verdict."""
    try:
        verdict = trial.check.fetch_result(secrets.token_hex(10), secrets.token_hex(32))
    except (FaceCheckDown, ForeignResult):
        return
    if verdict is not None:
        yield f"a check that was never started can have no verdict, and has {verdict!r}"


def _is_away(trial: FaceCheckTrial) -> Iterator[str]:
    """A service that is away is FaceCheckDown, so that people are offered the other way."""
    away = trial.away
    if away is None:
        return
    yield from must_raise("start with a service that is away", lambda: away.start(_request()), FaceCheckDown)
    yield from must_raise(
        "fetch_result with a service that is away", lambda: away.fetch_result("any", secrets.token_hex(32)), FaceCheckDown
    )

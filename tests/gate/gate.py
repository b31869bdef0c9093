"""A flake is a fault with a name: what a busy machine may have caused is run again alone, at most twice, and told if it passes.

Nothing else is ever run again (`tests.kit.flakes` says what may be), and more than three flaky tests are a failure too.
"""

import json
from pathlib import Path

from tests.gate.floors import APP, EXCUSED, judge, parts_of, table
from tests.gate.runs import FAILED, Failure, Outcome, run_alone, run_pytest

MOST_FLAKY = 3
RERUNS = 2
FLAKY_FILE = Path("instance/flaky.json")
SLOWEST = "--durations=40"


def pass_gate(arguments: list[str]) -> int:
    """Runs everything once, or what the arguments name. 0 when all passed, flaky ones included; else as pytest's exit code.

    Where everything runs, too little of the program taken by the tests is a failure as well.
    """
    outcome = run_pytest([SLOWEST, *arguments], measures=not arguments)
    status = _pass_tests(outcome)
    return status if status or arguments else _reach_floors(outcome)


def _pass_tests(outcome: Outcome) -> int:
    if outcome.status != FAILED or not outcome.failures or outcome.final:
        _keep([])
        return outcome.status
    if len(outcome.failures) > MOST_FLAKY:
        _keep([])
        return _end(outcome, f"{len(outcome.failures)} browser tests waited in vain: too many to be chance.")
    flaky: list[Failure] = []
    for failure in outcome.failures:
        if found := _fails_again(failure.test):
            _keep(flaky)
            return _end(outcome, f"{failure.test} failed again alone: {found}.")
        flaky.append(failure)
    _keep(flaky)
    _tell(flaky)
    print(outcome.closing_line(len(flaky)), flush=True)
    return 0


def _fails_again(test: str) -> str:
    """Runs it until it passes. Why it has failed for good; empty when it passed."""
    for _ in range(RERUNS):
        print(f"\nonce more, alone: {test}", flush=True)
        again = run_alone(test)
        if again.status == 0:
            return ""
        if again.final or again.status != FAILED:
            return again.final[0].final if again.final else f"pytest ended with {again.status}"
    return f"it waited in vain {1 + RERUNS} times"


def _reach_floors(outcome: Outcome) -> int:
    parts = parts_of(outcome.seen, APP)
    print("\n=== lines and branches that the tests take; the modules that leave most out")
    print("\n".join(table(parts)))
    faults = judge(parts, EXCUSED)
    print("\n".join(["", *faults]) if faults else "\nevery floor is reached", flush=True)
    return FAILED if faults else 0


def _end(outcome: Outcome, why: str) -> int:
    print(f"\n{why}\n{outcome.closing_line()}", flush=True)
    return outcome.status


def _tell(flaky: list[Failure]) -> None:
    print("\n=== flaky: failed, and passed when run again alone ===")
    for failure in flaky:
        print(f"--- {failure.test}\n{failure.trace}\n")
    print(f"Each is a fault to be mended: {FLAKY_FILE} keeps them.")
    for failure in flaky:
        print(f"FLAKY {failure.test}")


def _keep(flaky: list[Failure]) -> None:
    FLAKY_FILE.parent.mkdir(mode=0o700, exist_ok=True)
    told = [{"test": failure.test, "trace": failure.trace} for failure in flaky]
    FLAKY_FILE.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n")

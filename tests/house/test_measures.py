"""The figures of the house that may not grow, each with the names of who breaks it."""

from tests.house.measures import (
    LONG,
    ROOT,
    SCAN_PATH,
    TOO_LONG,
    circles,
    count_any,
    files,
    function_lengths,
    imports,
)

TEXTS = files(ROOT)
MOST_LONG = 0.015  # of all functions may have more than LONG lines


def test_no_modules_import_one_another() -> None:
    assert circles(imports(TEXTS, hidden=False)) == []


def test_no_import_within_a_function_hides_a_circle() -> None:
    """Nor one for the type checker alone."""
    assert circles(imports(TEXTS, hidden=True)) == []


def test_no_function_is_too_long_to_be_seen_at_once() -> None:
    too_long = [f"{name}: {lines} lines" for name, lines in function_lengths(TEXTS).items() if lines > TOO_LONG]

    assert not too_long, "\n".join(too_long)


def test_few_functions_are_long() -> None:
    lengths = function_lengths(TEXTS)
    long = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONG]

    assert len(long) <= MOST_LONG * len(lengths), "\n".join(long)


def test_what_a_scan_comes_by_is_typed() -> None:
    loose = [f"{path}: {count_any(TEXTS[path])}" for path in SCAN_PATH if path in TEXTS and count_any(TEXTS[path])]

    assert not loose, "\n".join(loose)


def test_the_measures_would_find_them() -> None:
    lines = "\n".join(f"    {number}" for number in range(TOO_LONG))
    texts = {
        "a.py": "from app import b\n",
        "b.py": "def look():\n    from app.a import C\n",
        "c.py": f"def long():\n{lines}\n",
    }

    assert circles(imports(texts, hidden=False)) == []
    assert [sorted(circle) for circle in circles(imports(texts, hidden=True))] == [["app.a", "app.b"]]
    assert function_lengths(texts)["c.py:long:1"] == TOO_LONG + 1
    assert count_any("x: Any  # Any\ny = 'Any'\n") == 1
    assert {path for path in SCAN_PATH if path in TEXTS} >= {"scanning/service/settling.py", "core/prepared.py"}

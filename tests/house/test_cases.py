"""A case is a scenario: what holds for every file is one test that names all faults, a table of inputs one test of subtests."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
MAX_ROWS = 12
WALKS = {"glob", "rglob", "iterdir", "iter_rules"}


def _written(rows: ast.AST, named: dict[str, ast.expr], seen: frozenset[str] = frozenset()) -> Iterator[ast.AST]:
    """Every node of these rows, and of the values of the module's names in them."""
    for node in ast.walk(rows):
        yield node
        if isinstance(node, ast.Name) and node.id in named and node.id not in seen:
            yield from _written(named[node.id], named, seen | {node.id})


def too_many_cases(text: str) -> list[str]:
    """line: why, for each parametrisation of this module that makes a case of every row where a list belongs."""
    tree = ast.parse(text)
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.parametrize" and len(call.args) > 1:
            rows = call.args[1]
            if any(isinstance(node, ast.Attribute) and node.attr in WALKS for node in _written(rows, named)):
                found.append(f"{call.lineno}: a case for every file or address")
            table = named.get(rows.id, rows) if isinstance(rows, ast.Name) else rows
            if isinstance(table, ast.List | ast.Tuple) and len(table.elts) > MAX_ROWS:
                found.append(f"{call.lineno}: a case for each of {len(table.elts)} rows")
    return found


def test_no_rule_is_a_case_for_every_file_and_no_table_a_case_for_every_row() -> None:
    faults = [
        f"{path.relative_to(TESTS)}:{fault}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for fault in too_many_cases(path.read_text())
    ]

    assert not faults, "\n".join(faults)


def test_the_search_would_find_them() -> None:
    many = f"ROWS = {list(range(MAX_ROWS + 1))}\n"
    walk = "FILES = sorted(FOLDER.rglob('*.md'))\nNAMES = [p.name for p in FILES]\n"

    assert too_many_cases(many + "@pytest.mark.parametrize('n', ROWS)\ndef test_a(n): ...") == ["2: a case for each of 13 rows"]
    assert too_many_cases(walk + "each = pytest.mark.parametrize('n', NAMES)") == ["3: a case for every file or address"]
    assert too_many_cases("@pytest.mark.parametrize('kind', ['sqlite', 'postgresql'])\ndef test_a(kind): ...") == []

"""The house in figures: `python -m tests.house.measures [checkout]` prints them, of this checkout or of another one's files.

What must hold of them is in `test_measures.py`.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
# Where a scan comes by, from the bytes of its call to its rows; what is not there in an older checkout is passed over.
SCAN_PATH = (
    "scanning/routes/api.py",
    "scanning/json_body.py",
    "scanning/calls.py",
    "scanning/policy.py",
    "scanning/queries/uses.py",
    "scanning/queries/scan.py",
    "scanning/judging.py",
    "scanning/reasons.py",
    "scanning/service/ec_query.py",
    "scanning/service/gate.py",
    "scanning/service/facts.py",
    "scanning/service/settling.py",
    "scanning/service/attempts.py",
    "scanning/service/answers.py",
    "scanning/service/challenges.py",
    "scanning/service/stored_answers.py",
    "scanning/service/refused_calls.py",
    "scanning/service/wrong_numbers.py",
    "credentials/code_faults.py",
    "credentials/code_format.py",
    "credentials/code_reading.py",
    "credentials/keyring.py",
    "credentials/policy.py",
    "credentials/queries/redeem.py",
    "credentials/service/redeeming.py",
    "credentials/service/forged_tags.py",
    "credentials/service/uses.py",
    "core/prepared.py",
    "core/queueing.py",
    "core/locks.py",
    "core/audit/log.py",
)
LONG, TOO_LONG = 30, 40  # lines of a function
_IGNORE = re.compile(r"#\s*type:\s*ignore")


def files(root: Path) -> dict[str, str]:
    """Every module of the app by its path within it, and its text."""
    app = root / "app"
    return {path.relative_to(app).as_posix(): path.read_text() for path in sorted(app.rglob("*.py"))}


def function_lengths(texts: Mapping[str, str]) -> dict[str, int]:
    """Lines of every function, from its `def` to its last one."""
    return {
        f"{path}:{node.name}:{node.lineno}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def count_any(text: str) -> int:
    """How often the name stands in code; comments and texts are passed over."""
    return sum(
        token.type == tokenize.NAME and token.string == "Any" for token in tokenize.generate_tokens(io.StringIO(text).readline)
    )


def count_ignores(text: str) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return sum(token.type == tokenize.COMMENT and _IGNORE.match(token.string) is not None for token in tokens)


def imports(texts: Mapping[str, str], *, hidden: bool) -> dict[str, set[str]]:
    """Which module of the app imports which: when it is loaded, or (`hidden`) within its functions too."""
    names = {_module_of(path): path for path in texts}
    found: dict[str, set[str]] = {name: set() for name in names}
    for path, text in texts.items():
        tree = ast.parse(text)
        nodes = ast.walk(tree) if hidden else _at_load(tree)
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module:
                wanted = (f"{node.module}.{alias.name}" for alias in node.names)
                found[_module_of(path)] |= {name if name in names else node.module for name in wanted}
                found[_module_of(path)] &= names.keys() - {_module_of(path)}
    return found


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Modules that import one another, by way of others or directly. A package's own list of names is no circle of its rooms."""
    order, low, stack, found = {}, {}, [], []  # type: dict[str, int], dict[str, int], list[str], list[list[str]]

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in graph[name]:
            if other not in order:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == order[name]:
            circle = [stack.pop()]
            while circle[-1] != name:
                circle.append(stack.pop())
            if len(circle) > 1:
                found.append(circle)

    for name in graph:
        if name not in order:
            visit(name)
    return found


def measure(root: Path) -> dict[str, object]:
    texts = files(root)
    lengths = function_lengths(texts)
    lines = {path: sum(bool(line.strip()) for line in text.splitlines()) for path, text in texts.items()}
    longest = max(lines, key=lambda path: lines[path])
    on_path = {path: texts[path] for path in SCAN_PATH if path in texts}
    return {
        "modules": len(texts),
        "lines that are not blank": sum(lines.values()),
        "longest file, not counting blank lines": f"{lines[longest]} ({longest})",
        "median file, the same": median(lines.values()),
        f"functions over {TOO_LONG} lines": sum(length > TOO_LONG for length in lengths.values()),
        f"functions over {LONG} lines": f"{100 * sum(n > LONG for n in lengths.values()) / len(lengths):.2f} %",
        "import circles, at load": len(circles(imports(texts, hidden=False))),
        "import circles, hidden ones too": len(circles(imports(texts, hidden=True))),
        "type: ignore": sum(count_ignores(text) for text in texts.values()),
        "Any": sum(count_any(text) for text in texts.values()),
        "Any where a scan comes by": sum(count_any(text) for text in on_path.values()),
        "bureau, lines of Python that are not blank": sum(
            bool(line.strip()) for path, text in texts.items() if path.startswith("bureau/") for line in text.splitlines()
        ),
    }


def _at_load(tree: ast.Module) -> Iterator[ast.AST]:
    """Everything but the insides of functions and what is for the type checker alone."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def _module_of(path: str) -> str:
    parts = ("app/" + path.removesuffix(".py")).split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


if __name__ == "__main__":
    for name, value in measure(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT).items():
        print(f"{name}: {value}")

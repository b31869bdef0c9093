"""What is called `find_`, `get_` or `list_` reads. Not even by way of what it calls does it write a row.

Views are named after their pages, and a page that lists may leave an audit row; `find_or_create_` says that it writes.
"""

import ast

from tests.house.call_graph import Function, calls_of, modules

READS = ("find_", "get_", "list_")
WRITING_CALLS = {
    "sqlalchemy:insert",
    "sqlalchemy:update",
    "sqlalchemy:delete",
    "sqlalchemy.dialects.postgresql:insert",
    "app.core.db:upsert",
    "app.core.statements:won",
    "app.core.statements:changed",
    "app.core.statements:write",
    "app.core.statements:taken",
    "app.core.db:transaction",
    "app.core.db:bare_transaction",
    "app.core.audit.log:record",
}
WRITING_METHODS = {"add", "add_all", "delete", "merge"}  # of a session
PREPARED_METHODS = {"won", "changed"}


def _writes_itself(function: Function) -> bool:
    if WRITING_CALLS & set(calls_of(function)):
        return True
    for node in ast.walk(function.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_of_session = ast.unparse(node.func.value).endswith("session")
            if (is_of_session and node.func.attr in WRITING_METHODS) or node.func.attr in PREPARED_METHODS:
                return True
    return False


def _writers() -> dict[str, str]:
    """Every function that writes, and by what."""
    functions = {f"{f.module}:{f.name}": f for module in modules().values() for f in module.functions.values()}
    writers = {name: "itself" for name, function in functions.items() if _writes_itself(function)}
    called = {name: set(calls_of(function)) & set(functions) for name, function in functions.items()}
    while more := {
        name: next(iter(sorted(used & set(writers))))
        for name, used in called.items()
        if name not in writers and used & set(writers)
    }:
        writers |= more
    return writers


def _is_called_a_read(module: str, name: str) -> bool:
    bare = name.lstrip("_")
    return bare.startswith(READS) and not bare.startswith("find_or_create_") and "routes" not in module


def test_what_is_called_a_read_writes_nothing() -> None:
    writers = _writers()

    wrong = {name: by for name, by in writers.items() if _is_called_a_read(*name.split(":"))}

    assert wrong == {}


def test_the_search_would_find_them() -> None:
    writers = _writers()

    assert writers["app.scanning.service.stored_answers:take_number"] == "itself"
    assert writers["app.scanning.service.ec_query:_redeem"] != "itself"
    assert "app.scanning.queries.scan:find_key" not in writers

"""Prepared statements: what a row is said to be is what comes out of the columns."""

import sys
import types
from collections.abc import Iterator
from typing import NamedTuple, Union, get_args, get_origin, get_type_hints

import pytest
from flask import Flask
from sqlalchemy import Column, Select, TypeDecorator, literal, select, update
from sqlalchemy.exc import IntegrityError

from app.core.db import bare_read, bare_transaction, begin_writing, db, table_of, transaction
from app.core.installation import BureauProfile
from app.core.prepared import PreparedChange, PreparedQuery


class Pair(NamedTuple):
    number: int
    name: str


def _queries() -> list[PreparedQuery[tuple[object, ...]]]:
    """All constants of the app's modules."""
    modules = [module for name, module in sys.modules.items() if name.startswith("app.")]
    found = {id(held): held for module in modules for held in vars(module).values() if isinstance(held, PreparedQuery)}
    return list(found.values())


def _kinds(hint: object) -> set[object]:
    return set(get_args(hint)) if get_origin(hint) in (Union, types.UnionType) else {hint}


def _misfits(query: PreparedQuery[tuple[object, ...]]) -> Iterator[str]:
    statement = query._statement
    assert isinstance(statement, Select)
    hints = get_type_hints(query.row)
    columns = list(statement.selected_columns)
    if [column.key for column in columns] != list(hints):
        yield f"{query.row.__name__}: other columns"
        return
    for column, (name, hint) in zip(columns, hints.items(), strict=True):
        kinds = _kinds(hint)
        kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
        if kind.python_type not in kinds:
            yield f"{query.row.__name__}.{name}: {kind.python_type} is read as {hint}"
        source = next(iter(column.base_columns))
        if isinstance(source, Column) and source.nullable and type(None) not in kinds:
            yield f"{query.row.__name__}.{name}: may be empty and is read as {hint}"


def test_every_row_is_said_to_be_what_its_columns_are(app: Flask) -> None:
    queries = _queries()

    assert len(queries) >= 8
    assert [misfit for query in queries for misfit in _misfits(query)] == []


def test_a_row_comes_with_its_names(app: Flask) -> None:
    query = PreparedQuery(select(literal(7).label("number"), literal("李明").label("name")), Pair)

    with bare_read() as connection:
        assert query.first(connection, {}) == Pair(7, "李明")


@pytest.fixture
def profile(app: Flask) -> None:
    with transaction():
        db.session.add(BureauProfile(name="示范市医疗保障局"))


def test_a_change_says_how_many_rows_it_found(profile: None) -> None:
    change = PreparedChange(update(table_of(BureauProfile)).values(icp_number="here"))

    with bare_transaction() as connection:
        begin_writing(connection)
        assert change.won(connection, {})
    assert db.session.scalar(select(BureauProfile.icp_number)) == "here"


def test_nothing_is_changed_outside_a_transaction(profile: None) -> None:
    change = PreparedChange(update(table_of(BureauProfile)).values(icp_number="here"))

    with bare_read() as connection, pytest.raises(RuntimeError, match="transaction"):
        change.changed(connection, {})


def test_an_error_is_the_one_sqlalchemy_raises(profile: None) -> None:
    change = PreparedChange(update(table_of(BureauProfile)).values(name=None))

    with pytest.raises(IntegrityError), bare_transaction() as connection:
        begin_writing(connection)
        change.changed(connection, {})

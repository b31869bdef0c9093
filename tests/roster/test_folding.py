"""The folded name beside a name: written by each way in, mended where an older release wrote none."""

from flask import Flask
from sqlalchemy import update

from app.core.db import db, transaction
from app.roster.models import InsuredPerson
from app.roster.names import folded_name
from app.roster.queries import find_person, list_by_name
from app.roster.service import fold_names, undo_import
from app.roster.service.folding import keep_folds
from tests.kit.roster import HEADER, WORKER, Importing, many, save

NUMBER = "510600199003070017"
HERE = {"510603"}


def folded(number: str = NUMBER) -> str | None:
    db.session.rollback()
    person = find_person("01", number)
    assert person is not None
    return person.folded_name


@transaction()
def as_an_older_release_left_it(**values: str | None) -> None:
    db.session.execute(update(InsuredPerson).values(folded_name=None, **values))


def found(name: str) -> int:
    db.session.rollback()
    return len(list_by_name(name, "0017", HERE))


def test_it_is_kept_only_where_it_is_another_text(app: Flask) -> None:
    save(name="买买提·吐尔逊")
    save("51060019580101007X", "王㛃䶮")

    assert folded() == "买买提吐尔逊"
    assert folded("51060019580101007X") is None
    save(name="王芳")
    assert folded() is None


def test_an_import_writes_it_for_new_people_and_for_new_names(app: Flask, load: Importing) -> None:
    load(HEADER + WORKER.replace("王㛃", "John Smithson"))
    assert folded() == "johnsmithson"

    load(HEADER + WORKER.replace("王㛃", "O’NEILL PAT"))
    assert folded() == "oneillpat"

    load(HEADER + WORKER)
    assert folded() is None


def test_taking_an_import_back_brings_the_former_one_back(app: Flask, load: Importing) -> None:
    load(HEADER + WORKER.replace("王㛃", "John Smithson"))
    last = load(HEADER + WORKER.replace("王㛃", "买买提·吐尔逊"))

    undo_import(last.import_id, by="staff:1")

    assert folded() == "johnsmithson"
    assert found("JOHN SMITHSON") == 1
    assert found("买买提吐尔逊") == 0


def test_rows_of_an_older_release_are_mended_once_and_found_meanwhile_as_they_were(app: Flask, load: Importing) -> None:
    load(HEADER + WORKER.replace("王㛃", "JOHN SMITHSON") + many(40))
    as_an_older_release_left_it()
    assert found("JOHN SMITHSON") == 1
    assert found("John Smithson") == 0

    mended, again = fold_names(), fold_names()

    assert (mended, again) == (1, 0)
    assert found("john  smithson") == 1


def test_a_name_an_older_release_wrote_beside_the_fold_of_another_misleads_nobody(app: Flask) -> None:
    save(name="JOHN SMITHSON")
    with transaction():
        db.session.execute(update(InsuredPerson).values(name="王芳"))

    assert (found("JOHN SMITHSON"), found("王芳")) == (0, 1)
    assert fold_names() == 1
    assert folded() is None


def test_a_row_that_has_got_another_name_since_it_was_read_is_left(app: Flask) -> None:
    person_id = save(name="JOHN SMITHSON").id
    save(name="MARY SMITHSON")

    with transaction():
        keep_folds([(person_id, "JOHN SMITHSON")])

    assert folded() == folded_name("MARY SMITHSON")

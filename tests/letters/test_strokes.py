import json

import pytest

from app.letters.strokes import NoSignature, parse_strokes

NAME = [[[100, 100], [400, 120]], [[250, 60], [240, 300]]]


def test_lines_are_kept_point_for_point() -> None:
    assert parse_strokes(json.dumps(NAME)) == [[(100, 100), (400, 120)], [(250, 60), (240, 300)]]


def test_what_is_no_signature_is_refused(subtests: pytest.Subtests) -> None:
    for text in (
        "",
        "[]",
        "null",
        "{}",
        "[[[1,2]]]",
        "[[[100,100],[110,100]]]",
        "[[[0,0],[1001,0]]]",
        "[[[0,0],[-1,400]]]",
        "[[[0,0],[1e3,0]]]",
        '[[["0","0"],["900","0"]]]',
        "[[[0,0,0],[900,0,0]]]",
        "[[[true,false],[900,0]]]",
        "[" * 5000,
        json.dumps([[[0, 0], [1000, 400]]] * 201),
        json.dumps([[[i % 1000, i % 400] for i in range(6001)]]),
    ):
        with subtests.test(text=text), pytest.raises(NoSignature):
            parse_strokes(text)

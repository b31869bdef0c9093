import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roster.names import InvalidName, clean_name, is_same_name


def test_chinese_names_stay_what_they_are(subtests: pytest.Subtests) -> None:
    for name in ("张三", "欧阳娜娜", "㛃", "䶮", "王㛃䶮", "刘𬭚", "李〇", "﨑山", "凞光", "\U000323af一", "阿卜杜拉·买买提"):
        with subtests.test(name=name):
            assert clean_name(name) == name


def test_every_middle_dot_becomes_the_same(subtests: pytest.Subtests) -> None:
    for dot in "·•‧∙⋅・･．․".replace("․", "") + ".":
        with subtests.test(dot=dot):
            assert clean_name(f"买买提{dot}阿不都") == "买买提·阿不都"
            assert clean_name(f"买买提 {dot} 阿不都".replace(" . ", ".")) == "买买提·阿不都"


def test_typing_is_evened_out(subtests: pytest.Subtests) -> None:
    for typed, name in (
        (" 张 三 ", "张三"),
        ("张\u3000三", "张三"),
        ("\ufeff张三\t", "张三"),
        ("张\ue863", "张䶮"),
        ("Ｊｏｈｎ  Smith", "John Smith"),
        ("O'Neil, Jean-Luc Jr.", "O'Neil, Jean-Luc Jr."),
    ):
        with subtests.test(typed=typed, name=name):
            assert clean_name(typed) == name


def test_sixty_characters_are_a_name_and_sixty_one_are_not() -> None:
    assert clean_name("阿" * 60) == "阿" * 60
    with pytest.raises(InvalidName) as caught:
        clean_name("阿" * 61)
    assert caught.value.code == "length"


def test_what_is_no_name_is_refused_with_a_reason(subtests: pytest.Subtests) -> None:
    for typed, code in (
        ("", "empty"),
        (" \u3000", "empty"),
        ("张3", "digits"),
        ("张３", "digits"),
        ("张Ⅲ", "digits"),
        ("张\ufffd", "unreadable"),
        ("张\ue000", "unreadable"),
        ("=cmd()", "characters"),
        ("张<b>", "characters"),
        ("张?", "characters"),
        ("张\x00三", "characters"),
        ("---", "characters"),
        ("·张三", "dots"),
        ("买买提··阿不都", "dots"),
    ):
        with subtests.test(typed=typed, code=code):
            with pytest.raises(InvalidName) as caught:
                clean_name(typed)

            assert caught.value.code == code
            assert caught.value.sentence.endswith("。")


@given(st.text(max_size=70))
def test_cleaning_is_stable(text: str) -> None:
    try:
        cleaned = clean_name(text)
    except InvalidName:
        return

    assert clean_name(cleaned) == cleaned


def test_latin_names_are_the_same_in_either_case() -> None:
    assert is_same_name("John A. Smith", "JOHN A SMITH")
    assert not is_same_name("张三", "张四")

import pytest

from app.roster.columns import WrongColumns, match_columns


def test_chinese_field_and_our_own_names_are_understood() -> None:
    chinese = match_columns(["证件类型", "证件号码", "姓名", "参保地", "险种", "参保状态"])
    field = match_columns(["psn_cert_type", "certno", "psn_name", "insuplc_admdvs", "insutype", "psn_insu_stas"])
    ours = match_columns(["cert_type", "cert_no", "name", "insured_region", "insutype", "status"])

    assert list(chinese) == list(field) == list(ours)
    assert chinese["cert_no"] == "证件号码"


def test_headers_are_read_as_people_write_them() -> None:
    found = match_columns(["\ufeff姓 名*", "身份证号码", "参保地 ", "ＩＮＳＵＴＹＰＥ", ""])

    assert found["name"] == "\ufeff姓 名*"
    assert found["insutype"] == "ＩＮＳＵＴＹＰＥ"


def test_missing_columns_are_named() -> None:
    with pytest.raises(WrongColumns) as caught:
        match_columns(["姓名"])

    assert caught.value.sentence == "缺少这些列：证件号码、参保地、险种。"


def test_unknown_and_double_columns_are_named() -> None:
    with pytest.raises(WrongColumns) as caught:
        match_columns(["姓名", "name", "证件号码", "参保地", "险种", "参保状况"])

    assert "出现了两次：姓名" in caught.value.sentence
    assert "不认识这些列：参保状况" in caught.value.sentence


def test_a_column_may_be_left_out_by_name() -> None:
    assert "备注" not in match_columns(["姓名", "证件号码", "参保地", "险种", "备注"], ["备注"]).values()

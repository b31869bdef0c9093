from tests.institutions.desk import Desk, Telephone


def test_a_scan_says_who_stands_there(desk: Desk, telephone: Telephone) -> None:
    answer = desk.scan(telephone.draw())

    print(answer.text)
    assert answer.status_code == 200
    assert answer.json["code"] == 0


def test_a_used_code(desk: Desk, telephone: Telephone) -> None:
    code = telephone.draw()
    desk.scan(code)
    answer = desk.scan(code)
    print(answer.text)
    assert answer.json["code"] == 1006

from app.help.rendering import plain, render


def test_html_in_a_text_is_shown_and_not_obeyed() -> None:
    html = render('<script>alert(1)</script>\n\n<b onclick="x()">粗</b>\n\n![图](/x.png)\n\n[点](javascript:alert(1))')

    assert "<script" not in html and "<b " not in html and "<img" not in html
    assert 'href="javascript' not in html


def test_steps_become_a_numbered_list() -> None:
    assert render("1. 打开\n2. 点一下").count("<li>") == 2
    assert "<ol>" in render("1. 打开\n2. 点一下")


def test_the_only_h1_of_a_page_is_its_own() -> None:
    assert render("# 大标题\n\n## 小标题") == "<h2>大标题</h2>\n<h2>小标题</h2>\n"


def test_plain_words_have_no_marks() -> None:
    assert plain("## 先做\n\n1. 打开 [手机丢失](/lost)\n- **马上**\n> 记住") == "先做 打开 手机丢失 马上 记住"

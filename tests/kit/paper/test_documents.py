"""Official documents: set as such, and nobody signs a page on which nothing stands."""

from datetime import date

import pytest

from mulin.kit.paper.documents import (
    Document,
    DocumentFault,
    Heading,
    Paragraph,
    Quote,
    Signer,
    Table,
    paragraphs,
)
from mulin.kit.paper.printing import html_of, pdf_of, pressed
from tests.support.pdfs import Pdf

DAY = date(2026, 11, 8)
#: What a body may end with: one line, a short paragraph, a table, a heading and a line.
ENDS = {
    "nothing": (),
    "a line": (Paragraph("文完"),),
    "three lines": (Paragraph("文" * 70),),
    "a table": (Table(("日期", "谁"), (("文1", "小孙"), ("文2", "小孙"), ("文3", "小孙"))),),
    "a heading and a line": (Heading("文二"), Paragraph("文完")),
}


def document(*blocks, **more):
    return Document(
        issuer="新街社区居民委员会", title="关于楼道灯一事的答复", to="王秀英", day=DAY,
        blocks=blocks, **more,
    )  # fmt: skip


def printed(one):
    return Pdf(pdf_of("kit/official.html", {"document": one}))


def lines(pdf, number):
    text = pdf.document[number].get_textpage().get_text_range()
    return ["".join(line.split()) for line in text.splitlines() if line.strip()]


def test_head_number_title_addressee_body_attachments_signature_and_date_in_their_order():
    one = document(
        *paragraphs("您反映的事\n\n 已经办好 "), Heading("一、说明"), Quote("灯不亮"),
        Table(("日期", "谁"), (("25日", "小孙"),)),
        number="答复2026-00012号", attachments=("照片两张", "名单"), signed="新街社区",
        signers=(Signer("申请人", has_fingerprint=True), Signer("经办人")),
    )  # fmt: skip
    said = printed(one).packed
    order = [
        "新街社区居民委员会", "答复2026-00012号", "关于楼道灯一事的答复", "王秀英：", "您反映的事",
        "已经办好", "一、说明", "灯不亮", "日期", "25日", "附件：", "照片两张", "名单", "申请人",
        "经办人", "新街社区2026年11月8日",
    ]  # fmt: skip
    places = []
    for words in order:
        places.append(said.index(words, places[-1] if places else 0))
    assert places == sorted(places)
    assert said.count("手印") == 1
    assert said.count("盖章处") == 1


def test_it_is_set_in_song_with_every_letter_in_the_file():
    pdf = printed(document(Paragraph("䶮㛃喆，" * 30)))
    assert set(pdf.fonts.values()) == {True}
    assert all(name.partition("+")[2].startswith("Noto-Serif-CJK-SC") for name in pdf.fonts)
    assert pdf.packed.count("䶮㛃喆") == 30


def test_a_page_holds_what_the_standard_asks_for_and_is_numbered():
    pdf = printed(document(Paragraph("文" * 2000)))
    assert len(pdf) == 4
    full = [line for line in lines(pdf, 1) if line.startswith("文")]
    assert {len(line) for line in full} == {28}
    assert len(full) == 22
    assert "第 2 页 共 4 页" in pdf.pages[1]
    assert pdf.nearest_to_edge_mm(1) > 10


def pages_of_each(documents):
    """The pages of several documents, pressed together: the press loads its fonts once."""
    htmls = [html_of("kit/official.html", {"document": one}) for one in documents]
    mains = [html[html.index("<main") : html.index("</main>") + 7] for html in htmls]
    parted = "".join(mains).replace("<main", '<main style="break-before: page"')
    pdf = Pdf(pressed(f"<html lang='zh-CN'><body>{parted}</body></html>"))
    found = []
    for number in range(len(pdf)):
        page = lines(pdf, number)
        if any("于楼道灯一事" in line for line in page):
            found.append([])
        if found:  # the first may begin behind an empty page
            found[-1].append(page)
    return found


@pytest.mark.parametrize("is_large", [False, True], ids=["ordinary", "large"])
def test_a_signature_never_stands_alone_on_its_page(is_large):
    """Wherever the page ends: every length within a page has its turn at its foot."""
    two_lines, ends = (42, ("a line", "a table")) if is_large else (56, ENDS)
    documents = [
        document(
            Paragraph("文" * (60 + two_lines * count)), *ENDS[end], is_large=is_large,
            signers=(Signer("申请人", has_fingerprint=True),) * 3, attachments=("照片",),
        )
        for end in ends for count in range(11)
    ]  # fmt: skip
    found = pages_of_each(documents)
    assert len(found) == len(documents)
    assert {len(pages) for pages in found} >= {1, 2} if not is_large else {2, 3}
    for pages in found:
        *before, last = pages
        assert sum("申请人" in line for line in last) == 3
        assert not any("申请人" in line for page in before for line in page)
        assert "2026年11月8日" in "".join(last)
        assert sum("文" in line for line in last) >= 2


def test_what_does_not_fit_on_one_page_is_refused():
    three = (Signer("申请人"),) * 3
    document(Paragraph("文"), signers=three * 2)
    with pytest.raises(DocumentFault, match="on one page"):
        document(Paragraph("文"), signers=three * 3)
    with pytest.raises(DocumentFault, match="on one page"):
        document(Paragraph("文"), signers=three, attachments=("名" * 60,) * 3, is_large=True)
    with pytest.raises(DocumentFault, match="says something"):
        document(Heading("一"))
    with pytest.raises(DocumentFault, match="under each head"):
        document(Table(("日期", "谁"), (("25日",),)))

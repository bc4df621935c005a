"""The printed job description: what stands in the PDF, how large it is, and for whom it is filled in."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation
from pypdf import PdfReader

from orgchart.descriptions import pdf
from orgchart.descriptions.copies import Copy, copy_for
from orgchart.descriptions.lines import broken
from orgchart.descriptions.sheet import sheet
from orgchart.enums import VersionState
from orgchart.models import Person, PositionVersion, Signature
from orgchart.services.projection import add_version
from orgchart.tests.factories import Organisation, person_with
from orgchart.tests.positionbodies import bodies, body

MOST_BYTES, MOST_PAGES, MOST_SECONDS = 500_000, 3, 2.0
_SPACE = re.compile(r"\s+")


def squeezed(text: str) -> str:
    return _SPACE.sub("", text)


def read(content: bytes) -> tuple[str, int]:
    """The text without any space, which lines break anywhere, and the number of pages."""
    pages = PdfReader(io.BytesIO(content)).pages
    return squeezed("".join(page.extract_text() for page in pages)), len(pages)


def unbound(code: str) -> Copy:
    """A copy that needs no database."""
    described = body(code)
    titles = {name: (b["zh"], b["en"]) for name, b in bodies().items()}
    version = PositionVersion(number=1, body=described, fingerprint="f" * 64, in_force_at=timezone.now())
    signature = Signature(name="张明", signed_at=timezone.now(), fingerprint="f" * 64)
    return Copy(version, sheet(described, titles), Person(name="张明"), "财务组", signature)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", sorted(bodies()))
def test_every_description_fits_and_says_everything(code: str, language: str) -> None:
    described, word = body(code), "en" if language == "en" else "zh"
    with translation.override(language):
        started = time.perf_counter()
        content = pdf.render(unbound(code))
        took = time.perf_counter() - started
    text, pages = read(content)
    assert pages <= MOST_PAGES
    assert len(content) < MOST_BYTES
    assert took < MOST_SECONDS
    assert squeezed(described[word]) in text
    for duty in described["duties"]:
        for item in (duty, *duty["items"], *duty["metrics"]):
            # English words break at hyphens, Chinese lines anywhere.
            assert squeezed(item[word]) in text or squeezed(item[word])[:12] in text
    if described["powers"]:
        assert squeezed(described["powers"][-1][word]) in text


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四，五", 4, ["一二三", "四，五"]),
        ("一二三，四五", 4, ["一二三，", "四五"]),
        ("一二三（四五）", 4, ["一二三", "（四五）"]),
        ("用Word写", 4, ["用", "Word", "写"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("", 3, [""]),
    ],
)
def test_no_stop_begins_a_line(text: str, width: float, lines: list[str]) -> None:
    found = broken(text, [width], len)
    assert [line for _space, line in found] == lines
    assert [width - len(line) for line in lines] == [space for space, _line in found]


def test_powers_stand_as_in_the_document() -> None:
    with translation.override("zh-hans"):
        text, _pages = read(pdf.render(unbound("finance_lead")))
    assert "2、对直接下级调配、奖励、惩处的建议权；对直接下级任用、解聘的提名权" in text
    assert "6、向客服中心经理工作报告权" in text


def test_fonts_are_embedded_and_cut_down_to_what_is_used() -> None:
    with translation.override("zh-hans"):
        reader = PdfReader(io.BytesIO(pdf.render(unbound("cashier"))))
    fonts = reader.pages[0]["/Resources"]["/Font"].get_object()
    names = {str(font.get_object()["/BaseFont"]) for font in fonts.values()}
    assert any("NotoSansSC" in name for name in names)
    assert all("+" in name for name in names if "Noto" in name)


def test_missing_fonts_are_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    with pytest.raises(pdf.FontsMissing) as refusal:
        pdf.load_fonts.__wrapped__()
    assert (refusal.value.code, refusal.value.status) == ("fonts_missing", 503)


# -- the doors ----------------------------------------------------------------------------------------------


@pytest.fixture
def lead(org: Organisation) -> Person:
    return person_with("finance_lead", org.near.finance)


def signed(person: Person, code: str) -> Signature:
    version = PositionVersion.objects.get(position__code=code, state=VersionState.IN_FORCE)
    return Signature.objects.create(
        version=version,
        person=person,
        name=person.name,
        fingerprint=version.fingerprint,
        signed_at=timezone.now(),
    )


@pytest.mark.django_db
def test_page_answers_with_a_file(lead: Person, browser: Client) -> None:
    browser.force_login(lead)
    answer = browser.get("/positions/finance_lead.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="finance_lead-v1.pdf"'
    assert lead.name in read(answer.content)[0]


@pytest.mark.django_db
def test_signature_is_filled_in(lead: Person, browser: Client) -> None:
    made = signed(lead, "finance_lead")
    browser.force_login(lead)
    moment = timezone.localtime(made.signed_at)
    text, _pages = read(browser.get("/positions/finance_lead.pdf").content)
    assert f"{moment:%Y-%m-%d%H:%M}" in text
    page = browser.get("/positions/finance_lead/print/").content.decode()
    assert f"{lead.name} {moment:%Y-%m-%d %H:%M}" in page


@pytest.mark.django_db
def test_copy_is_for_the_reader_the_only_holder_or_nobody(org: Organisation, lead: Person) -> None:
    agents = [person_with("service_agent", org.near.info) for _number in range(2)]
    assert copy_for(lead, "finance_lead").holder == lead
    assert copy_for(agents[0], "service_agent").holder == agents[0]
    assert copy_for(agents[0], "finance_lead").holder == lead
    assert copy_for(lead, "service_agent").holder is None
    assert copy_for(lead, "service_agent", holder=agents[1].pk).holder == agents[1]


@pytest.mark.django_db
def test_holders_out_of_sight_and_odd_numbers_are_not_found(
    org: Organisation, lead: Person, browser: Client
) -> None:
    stranger = person_with("cashier", org.far.finance)
    browser.force_login(lead)
    for query in (
        f"holder={stranger.pk}",
        f"holder={lead.pk}",
        "holder=x",
        "version=0",
        "version=-1",
        "version=²",
    ):
        assert browser.get(f"/positions/cashier.pdf?{query}").status_code == 404
        assert browser.get(f"/positions/cashier/print/?{query}").status_code == 404


@pytest.mark.django_db
def test_an_older_version_can_be_printed(lead: Person, browser: Client) -> None:
    version = PositionVersion.objects.get(position__code="cashier")
    add_version(version.position, {**version.body, "zh": "出纳员"}, state=VersionState.IN_FORCE)
    browser.force_login(lead)
    assert "出纳员" in read(browser.get("/positions/cashier.pdf").content)[0]
    old = browser.get("/positions/cashier.pdf?version=1")
    assert "出纳员" not in read(old.content)[0]
    assert old["Content-Disposition"].endswith('"cashier-v1.pdf"')


@pytest.mark.django_db
def test_print_page_has_the_rows_of_the_original_table(lead: Person, browser: Client) -> None:
    browser.force_login(lead)
    text = browser.get("/positions/finance_lead/print/").content.decode()
    rows = [
        text.index(words)
        for words in ("财务组长</strong>", "会计、出纳、仓管、储运", "专科以上", "银行、税务", "客服各种帐目")
    ]
    assert rows == sorted(rows)
    assert "L181" not in text

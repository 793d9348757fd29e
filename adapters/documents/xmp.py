"""The XMP of a PDF: what says of it that its attachment is its invoice, which typst cannot say.

A PDF is amended at its end: a new version of its metadata, a table of where that is, and the place
of the table before it (ISO 32000-1, 7.5.6). Nothing that typst has written is touched.
"""

from __future__ import annotations

import re

_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
FILE = "factur-x.xml"
_PROPERTIES = {
    "DocumentFileName": "The name of the embedded XML document",
    "DocumentType": "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER",
    "Version": "The actual version of the standard applying to the embedded XML document",
    "ConformanceLevel": "The conformance level of the embedded XML document",
}
_VALUES = {
    "DocumentFileName": FILE,
    "DocumentType": "INVOICE",
    "Version": "1.0",
    "ConformanceLevel": "EN 16931",
}
_END_OF_SCHEMAS = b"</rdf:Bag></pdfaExtension:schemas>"
_END = b"</rdf:RDF>"
_OBJECT = rb"\n(\d+) 0 obj\s*<<(?=[^>]*/Type/Metadata)[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream"


def with_facturx(pdf: bytes) -> bytes:
    """Return a PDF of typst whose metadata say that it is a Factur-X invoice."""
    found = re.search(_OBJECT, pdf, re.DOTALL)
    last = re.search(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", pdf, re.DOTALL)
    assert found is not None, "typst has written its metadata otherwise"
    assert last is not None, "typst has ended its file otherwise"
    number, metadata = int(found[1]), _amended(found[2])
    begins = len(pdf) + 1
    content = (
        b"\n%d 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%s\nendstream\nendobj\n"
    )
    amended = pdf + content % (number, len(metadata), metadata)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n"
    return amended + table % (number, begins, last[1], last[2], len(amended))


def _amended(metadata: bytes) -> bytes:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
        for name, meaning in _PROPERTIES.items()
    )
    schema = (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value in _VALUES.items())
    told = f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">{values}</rdf:Description>'
    assert metadata.count(_END_OF_SCHEMAS) == metadata.count(_END) == 1
    with_schema = metadata.replace(_END_OF_SCHEMAS, schema.encode() + _END_OF_SCHEMAS)
    return with_schema.replace(_END, told.encode() + _END)

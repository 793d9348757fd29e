"""Mail: a message is the same whenever it is made, adds no header, and is refused or put off."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from adapters.mail.eml import eml_of
from adapters.mail.outbox import Outbox
from adapters.mail.smtp import SmtpMail, smtp_server
from api.settings import SettingRefused, Settings
from ledger.invoices.ports import Attachment, Mail, MailRefused, Message
from ledger.kernel.outside import NotTaken
from tests.contracts.invoices.mail_server import MailServer, mail_server

MESSAGE = Message(
    key="acme/invoice-mail/41",
    at_us=1_772_323_200_000_000,
    sender="billing@acme.example",
    sender_name="Łódź & Söhne",
    recipient="ada@example.com",
    subject="Rechnung INV-2026-000123 — 株式会社",
    text="Guten Tag,\n\n418,67 € sind fällig.\n.\nBcc: nobody@example.com\n",
    html="<p>418,67 € &amp; mehr</p>",
    attachments=[
        Attachment("INV-2026-000123.pdf", "application/pdf", bytes(range(256)) * 40),
        Attachment("Ünïcode.xml", "text/xml", b"<a/>"),
    ],
)


@pytest.fixture(scope="module")
def running() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def server(running: MailServer) -> MailServer:
    """The server, with nothing left of another test."""
    running.came.clear()
    running.recipients.clear()
    running.data.clear()
    return running


def send(mail: Mail, message: Message = MESSAGE) -> None:
    asyncio.run(mail.send(message))


def smtp(server: MailServer, **asked: str) -> SmtpMail:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return SmtpMail(smtp_server(f"{server.url}?{query}" if query else server.url), patience_s=20)


def read(content: bytes) -> EmailMessage:
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def assert_is_whole(found: EmailMessage) -> None:
    assert found["Subject"] == MESSAGE.subject
    assert found["From"].addresses[0].display_name == MESSAGE.sender_name
    assert found["From"].addresses[0].addr_spec == MESSAGE.sender
    assert found["To"].addresses[0].addr_spec == MESSAGE.recipient
    text, html = found.get_body(("plain",)), found.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == MESSAGE.text.splitlines()
    assert html.get_content().strip() == MESSAGE.html
    assert [
        (each.get_filename(), each.get_content_type()) for each in found.iter_attachments()
    ] == [(each.name, each.media_type) for each in MESSAGE.attachments]
    pdf = next(iter(found.iter_attachments()))
    assert pdf.get_content() == MESSAGE.attachments[0].content


def test_a_message_comes_whole(server: MailServer) -> None:
    send(smtp(server))
    (found,) = server.messages
    assert_is_whole(found)


def test_without_a_server_it_is_a_file_that_is_written_once(tmp_path: Path) -> None:
    send(Outbox(tmp_path / "outbox"))
    send(Outbox(tmp_path / "outbox"), MESSAGE._replace(subject="written anew"))
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.suffix == ".eml"
    assert_is_whole(read(file.read_bytes()))


def test_a_message_is_the_same_bytes_whenever_it_is_made(server: MailServer) -> None:
    send(smtp(server))
    send(smtp(server))
    first, second = server.came
    assert first == second == eml_of(MESSAGE)
    other = read(eml_of(MESSAGE._replace(key="acme/invoice-mail/42")))
    assert other["Message-ID"] != read(first)["Message-ID"]


@pytest.mark.parametrize("name", ["Eve\r\nBcc: all@example.com", "Eve\nX: y", "Eve\x00\u202eevil"])
def test_no_name_adds_a_header(server: MailServer, name: str) -> None:
    send(smtp(server), MESSAGE._replace(sender_name=name, subject=name))
    (found,) = server.messages
    assert "Bcc" not in found
    assert "X" not in found
    assert found["Subject"] == " ".join(
        "".join(" " if each in "\r\n\x00\u202e" else each for each in name).split()
    )
    assert len(found["From"].addresses) == 1


@pytest.mark.parametrize(
    "address",
    [
        *("", "ada", "@example.com", "ada@", "a b@example.com", "ada@example.com\r\nBcc: x@y.z"),
        *("ada@example.com>, <eve@example.com", "ada@@example.com", "ada@example..com"),
        *("ada\x00@example.com", "a" * 65 + "@example.com", "ada@" + "e" * 252),
    ],
)
def test_what_is_no_address_is_never_sent(server: MailServer, address: str) -> None:
    for whose, message in (
        ("recipient", MESSAGE._replace(recipient=address)),
        ("sender", MESSAGE._replace(sender=address)),
    ):
        with pytest.raises(MailRefused) as refused:
            send(smtp(server), message)
        assert refused.value.why == whose
    assert server.came == []


@pytest.mark.parametrize("where", ["recipients", "data"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 5.1.1 no such user", MailRefused),
        ("552 5.3.4 too large", MailRefused),
        ("450 4.2.0 greylisted", NotTaken),
        ("421 4.3.2 shutting down", NotTaken),
    ],
)
def test_5xx_is_final_and_4xx_is_not(
    server: MailServer, where: str, answer: str, error: type[Exception]
) -> None:
    getattr(server, where)[MESSAGE.recipient] = answer
    with pytest.raises(error, match=answer[:3]) as refused:
        send(smtp(server))
    if isinstance(refused.value, MailRefused):
        assert refused.value.why == answer[:3]
    getattr(server, where).clear()
    send(smtp(server))
    assert len(server.came) == 1


def test_a_server_that_is_away_is_asked_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        mail = SmtpMail(smtp_server(f"smtp://127.0.0.1:{taken.getsockname()[1]}"), patience_s=5)
        with pytest.raises(NotTaken, match="does not take it"):
            send(mail)
        with pytest.raises(NotTaken, match="does not answer"):
            asyncio.run(mail.examine())


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = SmtpMail(smtp_server(f"smtp://127.0.0.1:{silent.getsockname()[1]}"), patience_s=0.5)
        with pytest.raises(NotTaken):
            send(mail)


def test_a_password_is_told_to_nobody_without_tls(server: MailServer) -> None:
    url = server.url.replace("//", "//ada:secret@")
    with pytest.raises(NotTaken):
        send(SmtpMail(smtp_server(url), patience_s=5))
    assert server.came == []


def test_whoever_operates_may_send_in_their_own_name(server: MailServer) -> None:
    send(smtp(server, **{"from": "invoices@ledger.example"}))
    (found,) = server.messages
    assert found["From"].addresses[0].addr_spec == "invoices@ledger.example"
    assert found["From"].addresses[0].display_name == MESSAGE.sender_name


def test_a_server_says_how_it_is_reached(server: MailServer) -> None:
    assert asyncio.run(smtp(server).examine()) == "127.0.0.1, without TLS"


@pytest.mark.parametrize(
    "url",
    [
        *("http://mail", "smtp://", "smtp://mail/path", "smtp://mail?to=x", "smtp://mail:0"),
        *("smtp://mail?from=nobody", "mail.example.com"),
    ],
)
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(SettingRefused, match="TALLY_SMTP_URL must be smtp://"):
        Settings(smtp_url=url)


def test_ports_are_those_of_the_protocol() -> None:
    assert smtp_server("smtp://mail").port == 25
    assert smtp_server("smtp://ada:a%40b@mail").port == 587
    assert smtp_server("smtp://ada:a%40b@mail").password == "a@b"
    assert smtp_server("smtps://mail").port == 465

"""Signed notes are those of Go's sumdb, and nothing that is not one is accepted."""

from __future__ import annotations

import base64
import dataclasses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.access_log.log import AccessHead
from ledger.proof.checkpoint import Checkpoint, open_checkpoint, origin_of, parse_checkpoint
from ledger.proof.note import NOTE_MAX, BadNote, SignerKey, VerifierKey, open_note, sign_note
from schemas import verify
from tests.reached import raises

# The example that the documentation of golang.org/x/mod/sumdb/note publishes.
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
NOTE = f"{TEXT}\n— PeterNeumann {SIGNATURE}\n"
KEY = VerifierKey.parse(PUBLIC)

OURS = SignerKey("tallystick", bytes(range(32)))
ORIGIN = origin_of("tallystick", "acme")
CHECKPOINT = Checkpoint(ORIGIN, 3, bytes(32), 1_769_947_200_000_000)


def refused(note: str | bytes, *keys: VerifierKey) -> str:
    """What is said of a note that is not accepted."""
    with raises(BadNote) as refusal:
        open_note(note, keys or (KEY,))
    return refusal.value.detail


def test_the_published_note_opens_with_the_published_key() -> None:
    assert open_note(NOTE, [KEY]) == (TEXT, [KEY])


def test_the_published_private_key_signs_the_published_signature() -> None:
    signer = SignerKey.parse(PRIVATE)
    assert sign_note(TEXT, [signer]) == NOTE
    assert str(signer.verifier) == PUBLIC
    assert signer.encode() == PRIVATE


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    both = sign_note(TEXT, [OURS, SignerKey.parse(PRIVATE)])
    assert open_note(both, [KEY]) == (TEXT, [KEY])
    assert open_note(both, [OURS.verifier, KEY]) == (TEXT, [OURS.verifier, KEY])


def test_a_key_of_the_same_name_is_another_key() -> None:
    """Rotation keeps the name: ids differ."""
    newer = SignerKey("tallystick", bytes(32))
    note = sign_note(TEXT, [newer, OURS])
    assert open_note(note, [OURS.verifier])[1] == [OURS.verifier]
    assert "no key" in refused(sign_note(TEXT, [newer]), OURS.verifier)


@pytest.mark.reaches("bad_note")
def test_a_note_that_only_unknown_keys_signed_is_refused() -> None:
    assert "no key that is known" in refused(NOTE, OURS.verifier)


def test_a_known_key_with_a_wrong_signature_is_refused_though_another_fits() -> None:
    note = sign_note(TEXT, [OURS]) + NOTE.rpartition("\n\n")[2]
    text, separator, tail = note.rpartition("\n\n")
    changed = sign_note("Other\n", [OURS]).rpartition("\n\n")[2] + NOTE.rpartition("\n\n")[2]
    assert open_note(f"{text}{separator}{tail}", [OURS.verifier, KEY])[0] == TEXT
    assert "does not fit" in refused(f"{text}{separator}{changed}", OURS.verifier, KEY)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "\n\n",
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—"),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("PeterNeumann ", " "),
        NOTE.replace("PeterNeumann ", "Peter+Neumann "),
        NOTE.replace("PeterNeumann ", "Peter Neumann "),
        NOTE.replace(SIGNATURE, ""),
        NOTE.replace(SIGNATURE, "x08gow=="),  # a key's id, no signature
        NOTE.replace(SIGNATURE, SIGNATURE[:-1]),
        NOTE.replace(SIGNATURE, SIGNATURE + "="),
        NOTE.replace(SIGNATURE, SIGNATURE[:-2] + "N="),  # the same bytes, spelt otherwise
        NOTE.replace(SIGNATURE, " " + SIGNATURE),
        NOTE.replace(SIGNATURE, SIGNATURE.replace("/", "_")),
        NOTE.replace("cryptography", "cryptographY"),
        NOTE.replace("answer", "ans\0wer"),
        NOTE.replace("answer", "ans\twer"),
        "\ufeff" + NOTE,
        NOTE.encode().replace(b"answer", b"ans\xffwer"),
        NOTE.encode("utf-16"),
        "x" * NOTE_MAX + NOTE,
        TEXT + "\n" + "— a QUJDREVGR0g=\n" * 17,
        NOTE + "— a QUJDREVGR0g=\n" * 16,
    ],
)
def test_what_is_no_note_is_refused(note: str | bytes) -> None:
    assert refused(note)


def test_sixteen_signatures_are_read() -> None:
    assert open_note(NOTE + "— a QUJDREVGR0g=\n" * 15, [KEY])[1] == [KEY]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("c74f20a3", "C74F20A3"),
        PUBLIC.replace("+ARpc", "+AhpC"),
        PUBLIC[:-4],
        PUBLIC.replace("PeterNeumann", "PeterNeumanm"),
        PUBLIC.replace("PeterNeumann", ""),
        PRIVATE,
    ],
)
def test_what_is_no_verifier_key_is_refused(key: str) -> None:
    with pytest.raises(BadNote):
        VerifierKey.parse(key)


def test_a_refused_private_key_is_never_shown() -> None:
    secret = PRIVATE.rpartition("+")[2]
    for wrong in (PRIVATE.replace("c74f20a3", "c74f20a4"), PRIVATE.replace("KEY+", "")):
        with pytest.raises(BadNote) as refusal:
            SignerKey.parse(wrong)
        assert secret not in str(refusal.value)
    assert secret not in repr(SignerKey.parse(PRIVATE))


def test_a_checkpoint_opens_only_as_the_log_it_is_of() -> None:
    note = CHECKPOINT.sign([OURS])
    assert open_checkpoint(note, [OURS.verifier], ORIGIN) == CHECKPOINT
    for other in ("tallystick/other", "acme", "tallystick/acme/", "other/acme"):
        with pytest.raises(BadNote, match="not of"):
            open_checkpoint(note, [OURS.verifier], other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n3\n", "\n03\n"),
        ("\n3\n", "\n+3\n"),
        ("\n3\n", "\n-3\n"),
        ("\n3\n", "\n3 \n"),
        ("\n3\n", "\n٣\n"),
        ("\n3\n", "\n3_0\n"),
        ("\n3\n", "\n\n"),
        ("AAAA=", "AAAB="),
        ("AAAA=", "AAAA"),
        ("AAAA=", "AA=="),
        ("recorded-us ", "recorded-us  "),
        ("recorded-us ", "recorded "),
        ("recorded-us ", "recorded-us 0"),
        ("recorded-us ", "more\nrecorded-us "),
        (f"{ORIGIN}\n", ""),
    ],
)
def test_a_checkpoint_has_one_spelling(old: str, new: str) -> None:
    assert parse_checkpoint(CHECKPOINT.text) == CHECKPOINT
    assert old in CHECKPOINT.text
    with pytest.raises(BadNote):
        parse_checkpoint(CHECKPOINT.text.replace(old, new, 1))


_SIGNED = CHECKPOINT.sign([OURS])


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400)))
@example(NOTE)
def test_noise_is_refused_and_never_more(noise: str | bytes) -> None:
    with pytest.raises(BadNote):
        open_checkpoint(noise, [OURS.verifier], ORIGIN)


@given(st.data())
def test_no_other_byte_is_accepted(data: st.DataObject) -> None:
    """Whatever is cut out of a signed checkpoint and put in its place: it is refused."""
    note = _SIGNED.encode()
    start = data.draw(st.integers(0, len(note)))
    end = data.draw(st.integers(start, min(len(note), start + 40)))
    put = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b"\n", b"\r\n", b" ", b"="]))
    )
    changed = note[:start] + put + note[end:]
    if changed == note:
        assert open_checkpoint(changed, [OURS.verifier], ORIGIN) == CHECKPOINT
        return
    with pytest.raises(BadNote):
        open_checkpoint(changed, [OURS.verifier], ORIGIN)


@given(st.binary(max_size=120).map(lambda raw: base64.b64encode(raw).decode()))
def test_no_other_signature_is_accepted(signature: str) -> None:
    text, _, _ = _SIGNED.rpartition("\n\n")
    with pytest.raises(BadNote):
        open_checkpoint(f"{text}\n\n— tallystick {signature}\n", [OURS.verifier], ORIGIN)


WITH_LOG = dataclasses.replace(CHECKPOINT, access=AccessHead(7, bytes(range(32))))


def test_a_checkpoint_may_say_where_the_access_log_ends() -> None:
    assert WITH_LOG.text.count("\n") == 5
    assert parse_checkpoint(WITH_LOG.text) == WITH_LOG
    note = verify.Note.parse(WITH_LOG.sign([OURS]).encode())
    assert (note.size, note.root) == (WITH_LOG.size, WITH_LOG.root)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("access 7", "access 07"),
        ("access 7", "access 0"),
        ("access 7", "access -7"),
        ("access 7", "excess 7"),
        ("access 7", "access  7"),
        ("Hh8=", "Hh8"),
        ("Hh8=", "Hh9="),
    ],
)
def test_an_end_of_a_log_has_one_spelling(old: str, new: str) -> None:
    assert old in WITH_LOG.text
    with pytest.raises(BadNote):
        parse_checkpoint(WITH_LOG.text.replace(old, new, 1))

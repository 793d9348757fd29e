"""An item's fault is the item's: only the body, its mode and the number of items refuse a batch."""

from __future__ import annotations

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.credits.batches import fast_batch, read_batch
from api.http.errors import MalformedJson
from api.http.json_body import DEPTH_MAX, decode
from ledger.kernel.errors import Refusal
from tests.api.problems import problem
from tests.api.served import Api, done

BATCH = "/v1/billing/usage/batch"
DEEP = b"[" * 2000 + b"]" * 2000

FAULTS = [
    (b'{"id":"a","id":"b","amount":1}', 400, "malformed_json", "id"),
    (b'{"id":"a","amount":1,"metadata":{"k":"v","k":"w"}}', 400, "malformed_json", "k"),
    (b'{"i\\u0064":"a","id":"b","amount":1}', 400, "malformed_json", "id"),
    (b'{"id":"a","amount":1,"x":' + DEEP + b"}", 400, "malformed_json", "body"),
    (b'{"id":"a","amount":' + b"[" * 40 + b"]" * 40 + b"}", 400, "malformed_json", "body"),
    (DEEP, 400, "malformed_json", "body"),
    (b'{"id":"a","amount":1,"x":[[]]}', 422, "invalid", "x"),
    (b'{"id":"\\ud800","amount":1}', 422, "invalid", "id"),
    (b"7", 422, "invalid", "body"),
    (b"null", 422, "invalid", "body"),
]


def batch(item: bytes, mode: str = "independent") -> bytes:
    good = json.dumps({"id": uuid.uuid4().hex, "user": "ada", "amount": 1}).encode()
    return b'{"mode":"%s","items":[%s,%s,%s]}' % (mode.encode(), good, item, good)


@pytest.mark.parametrize(("item", "status", "code", "field"), FAULTS)
@pytest.mark.parametrize("media_type", ["application/json", 'application/json; charset="utf-8"'])
def test_a_fault_is_that_of_its_item(
    admin: Api, media_type: str, item: bytes, status: int, code: str, field: str
) -> None:
    """Whether it comes by the fast path or by the framework."""
    results = done(admin.raw(BATCH, batch(item), media_type))["results"]
    assert [each["status"] for each in results] == [201, status, 201]
    assert results[1]["problem"]["code"] == code
    assert results[1]["problem"]["field"] == field
    whole = admin.raw(BATCH, batch(item, "atomic"), media_type)
    assert problem(whole, status, code, field)["index"] == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (batch(b"nonsense"), 400, "body"),
        (batch(b'{"id":"a"} {"id":"b"}'), 400, "body"),
        (batch(b'{"id":"a","id":"b",}'), 400, "body"),
        (batch(b""), 400, "body"),
        (batch(b'{"id":"\xff"}'), 400, "body"),
        (batch(b'{"id":NaN}'), 400, "body"),
        (batch(b'{"id":"a"}') + b",", 400, "body"),
        (batch(b'{"id":"a"}')[:-1], 400, "body"),
        (batch(b'{"id":"a"}', "x"), 422, "mode"),
        (batch(DEEP, "x"), 422, "mode"),
        (b'{"mode":"atomic","items":[]}', 422, "items"),
        (b'{"mode":"atomic","items":[ ]}', 422, "items"),
        (b'{"mode":"atomic","items":[,]}', 400, "body"),
        (b'{"mode":"atomic","items":{"a":[1,2]}}', 422, "items"),
        (b'{"mode":"atomic","items":[1],"items":[2]}', 400, "items"),
        (b'{"mode":"atomic","mode":"atomic","items":[1]}', 400, "mode"),
        (b'{"mode":' + DEEP + b',"items":[1]}', 422, "mode"),
        (b'{"mode":' + b'{"a":' * 99 + b"1" + b"}" * 99 + b',"items":[1]}', 400, "body"),
        (b"[[1,2]]", 422, "body"),
        (DEEP, 422, "body"),
    ],
)
def test_a_fault_of_the_whole_refuses_the_whole(
    admin: Api, body: bytes, status: int, field: str
) -> None:
    code = "malformed_json" if status == 400 else "invalid"
    for media_type in ("application/json", "application/json;"):
        problem(admin.raw(BATCH, body, media_type), status, code, field)


VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=5), st.sampled_from(["[", "]", ",", '"'])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.lists(VALUES, min_size=1, max_size=5), st.booleans(), st.sampled_from([None, 0, 2]))
def test_a_batch_is_taken_apart_as_it_was_put_together(
    items: list[object], ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(
        {"items": items, "mode": "atomic"}, ensure_ascii=ascii_only, indent=indent
    ).encode("utf-8", "surrogatepass")
    mode = b'{"m\\u006fde"'  # so that it is not a plain one
    careful = read_batch(text.replace(b'"mode"', mode[1:]))
    assert careful.mode == "atomic"
    assert [json.loads(item) for item in careful.items] == json.loads(text)["items"]
    plain = fast_batch(text)
    assert plain is None or [bytes(each).strip() for each in plain.items] == careful.items


@given(st.binary(max_size=40) | st.text('{}[]",:\\ amode1items', max_size=40).map(str.encode))
def test_what_is_no_batch_is_refused_without_a_fault_of_ours(text: bytes) -> None:
    with pytest.raises(Refusal):
        read_batch(text)


@pytest.mark.parametrize("around", [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_depth_is_a_number_and_not_what_the_stack_has_room_for(
    around: tuple[bytes, bytes],
) -> None:
    begin, end = around
    assert decode(begin * DEPTH_MAX + b'"[[[{{{"' + end * DEPTH_MAX)
    for levels in (DEPTH_MAX + 1, 5_000):
        with pytest.raises(MalformedJson, match="nested deeper"):
            decode(begin * levels + b"1" + end * levels)
    flat = b"[" + b",".join([begin + b"1" + end] * 500) + b"]"
    assert len(decode(flat)) == 500

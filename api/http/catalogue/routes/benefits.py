"""Benefits of SKUs: what a unit gives that is no parcel, and the files that are sold."""

from __future__ import annotations

import asyncio
import hashlib

from fastapi import Request

from api.commands.catalogue.benefits import DefineBenefit
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.catalogue.answers import BenefitAnswer, FileAnswer, benefit_answer
from api.http.catalogue.bodies import BenefitAsked
from api.http.catalogue.permissions import CatalogueReader, CatalogueWriter
from api.http.errors import BodyTooLarge
from api.http.json_body import read_bounded
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.catalogue.benefits import benefit_of
from ledger.access.download_link import file_name
from ledger.catalogue.benefit_book import BenefitBook
from ledger.kernel.errors import Invalid, NotFound, Unavailable
from ledger.kernel.ids import check_sku
from ledger.kernel.limits import DOWNLOAD_FILE_MAX
from ledger.kernel.outside import NotTaken

router = Router(prefix="/v1/catalogue", tags=["catalogue"])


@router.put("/files/{sha256}", openapi_extra=may_answer(BodyTooLarge, Unavailable))
async def keep_file(caller: CatalogueWriter, sha256: str, request: Request) -> Ok[FileAnswer]:
    """Keep a file that is sold, for ever, under its SHA-256: its bytes are the body, whatever they
    are, at most 32 MiB."""
    content = await read_bounded(request, DOWNLOAD_FILE_MAX)
    if not content:
        raise Invalid("the body must be the bytes of a file.", field="body")
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Invalid("sha256 must be the SHA-256 of the body, as 64 hex digits.", field="sha256")
    try:
        name = file_name(caller.org, sha256)
        await asyncio.to_thread(caller.service.blobs.put, name, content)
    except NotTaken as error:
        raise Unavailable(error.detail) from error
    return Ok(FileAnswer(sha256, len(content)))


@router.put("/skus/{sku}/benefit", openapi_extra=may_answer(NotFound, Unavailable))
async def define_benefit(
    caller: CatalogueWriter, key: IdempotencyKey, sku: str, body: BenefitAsked
) -> Ok[BenefitAnswer]:
    """Say what a unit of a SKU gives from now on: a `file` with its `name`, so many `downloads` of
    it, access to a `course`; for so many `days`, or for ever. What was ordered before gives what it
    gave."""
    check_sku(sku)
    benefit = body.benefit()
    if benefit.file is not None:
        await _check_kept(caller, benefit.file)
    sent: dict[str, object] = {"sku": sku, **body.sent()}
    command = DefineBenefit(**caller.asks(key), sent=sent, sku=sku, benefit=benefit)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, BenefitBook.BenefitDefined)
    return Ok(benefit_answer(sku, fact.benefit), replayed=result.replayed)


@router.get("/skus/{sku}/benefit", openapi_extra=may_answer(NotFound))
async def look_at_benefit(caller: CatalogueReader, sku: str) -> Ok[BenefitAnswer]:
    """What a unit of a SKU gives now."""
    check_sku(sku)
    found = await benefit_of(caller.service.reader, caller.org, sku)
    if found is None:
        raise NotFound("it is not said what that SKU gives.", field="sku")
    return Ok(benefit_answer(sku, found))


async def _check_kept(caller: CatalogueWriter, sha256: str) -> None:
    """Refuse a file that nobody could download."""
    try:
        kept = await asyncio.to_thread(caller.service.blobs.get, file_name(caller.org, sha256))
    except NotTaken as error:
        raise Unavailable(error.detail) from error
    if kept is None:
        raise Invalid(
            "file must be one that is kept: PUT it to /v1/catalogue/files/ and its SHA-256 first.",
            field="file",
        )

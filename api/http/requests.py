"""Bodies as handlers' arguments, and their description for OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from api.http import bodies
from api.http.fields import Body, parse
from api.http.json_body import read_json, read_text

SCHEMA_REF = "#/components/schemas/{model}"
_ITEMS = {
    ("BatchBody", "items"): "UsageBody",
    ("RateCardBody", "prices"): "PriceBody",
    ("RateCardBody", "names"): "NameBody",
    ("RateCardBody", "providers"): "ProviderNameBody",
    ("CapsBody", "caps"): "CapBody",
    ("PriceBody", "tiers"): "TierBody",
}
"""What lists hold whose items are checked one by one."""


@dataclass(frozen=True)
class JsonBody:
    """Reads a request's body as one of the models."""

    model: type[Body]

    async def __call__(self, request: Request) -> Body:
        return parse(self.model, await read_json(request))


def takes(model: type[Body]) -> dict[str, Any]:
    """The OpenAPI of a route that reads a body."""
    schema = {"$ref": SCHEMA_REF.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def schemas() -> dict[str, Any]:
    """The schemas of every body, for the components of the OpenAPI document."""
    found: dict[str, Any] = {}
    for model in vars(bodies).values():
        if isinstance(model, type) and issubclass(model, Body) and model is not Body:
            schema = model.model_json_schema(ref_template=SCHEMA_REF)
            found |= schema.pop("$defs", {})
            found[model.__name__] = schema
    for (model_name, field), item in _ITEMS.items():
        described = found[model_name]["properties"][field]
        described = described.get("anyOf", [described])[0]  # the other is null
        described["items"] = {"$ref": SCHEMA_REF.format(model=item)}
    return found


JsonText = Annotated[bytes, Depends(read_text)]
"""A body that is read piece by piece."""

Org = Annotated[bodies.OrgBody, Depends(JsonBody(bodies.OrgBody))]
ApiKey = Annotated[bodies.ApiKeyBody, Depends(JsonBody(bodies.ApiKeyBody))]
Deposit = Annotated[bodies.DepositBody, Depends(JsonBody(bodies.DepositBody))]
Grant = Annotated[bodies.GrantBody, Depends(JsonBody(bodies.GrantBody))]
Starter = Annotated[bodies.StarterBody, Depends(JsonBody(bodies.StarterBody))]
Allowance = Annotated[bodies.AllowanceBody, Depends(JsonBody(bodies.AllowanceBody))]
Usage = Annotated[bodies.UsageBody, Depends(JsonBody(bodies.UsageBody))]
BillingMode = Annotated[bodies.BillingModeBody, Depends(JsonBody(bodies.BillingModeBody))]
Hold = Annotated[bodies.HoldBody, Depends(JsonBody(bodies.HoldBody))]
Capture = Annotated[bodies.CaptureBody, Depends(JsonBody(bodies.CaptureBody))]
Extend = Annotated[bodies.ExtendBody, Depends(JsonBody(bodies.ExtendBody))]
Transfer = Annotated[bodies.TransferBody, Depends(JsonBody(bodies.TransferBody))]
Conversion = Annotated[bodies.ConversionBody, Depends(JsonBody(bodies.ConversionBody))]
Reversal = Annotated[bodies.ReversalBody, Depends(JsonBody(bodies.ReversalBody))]
Adjustment = Annotated[bodies.AdjustmentBody, Depends(JsonBody(bodies.AdjustmentBody))]
Zap = Annotated[bodies.ZapBody, Depends(JsonBody(bodies.ZapBody))]
Reason = Annotated[bodies.ReasonBody, Depends(JsonBody(bodies.ReasonBody))]
Erasure = Annotated[bodies.ErasureBody, Depends(JsonBody(bodies.ErasureBody))]
Caps = Annotated[bodies.CapsBody, Depends(JsonBody(bodies.CapsBody))]
Quote = Annotated[bodies.QuoteBody, Depends(JsonBody(bodies.QuoteBody))]
RateCard = Annotated[bodies.RateCardBody, Depends(JsonBody(bodies.RateCardBody))]

"""Parameters of requests, checked by the SDK's own types: what it can send, and no more."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, core_schema
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from adapters.embedded.stripe_sandbox.errors import Refused

_TEXTS = core_schema.dict_schema(core_schema.str_schema(), core_schema.str_schema())
_METADATA_MAX, _NAME_MAX, _VALUE_MAX = 50, 40, 500


def checked(type_name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return parameters with the types that the SDK declares (`stripe.params.RefundCreateParams`).
    Raises Refused in Stripe's words."""
    for name in given.keys() & RequestOptions.__annotations__.keys():
        raise _unknown(name)
    try:
        params: dict[str, Any] = _adapter(type_name).validate_python(given)
    except ValidationError as error:
        # What is unknown first: it may be a name that was misspelt.
        raise _refusal(min(error.errors(), key=_is_known)) from None
    _check_metadata(params)
    return params


@cache
def _adapter(type_name: str) -> TypeAdapter[Any]:
    module_name, _, name = type_name.rpartition(".")
    kind = getattr(importlib.import_module(module_name), name)
    module = sys.modules[kind.__module__]
    for each in vars(module).values():
        if is_typeddict(each):
            each.__pydantic_config__ = {"extra": "forbid"}
    # Names that the base class of all parameters is declared with, and its readers do not see.
    for missing, meaning in (("StripeContext", Any), ("Mapping", Mapping)):
        if not hasattr(module, missing):
            setattr(module, missing, meaning)
    return TypeAdapter(kind)


def _as_texts(*_: object) -> core_schema.CoreSchema:
    return _TEXTS


UntypedStripeObject.__get_pydantic_core_schema__ = classmethod(_as_texts)  # type: ignore[attr-defined]


def _is_known(error: ErrorDetails) -> bool:
    return error["type"] != "extra_forbidden"


def _refusal(error: ErrorDetails) -> Refused:
    path = [str(part) for part in error["loc"] if not _is_branch(part)]
    name = path[0] + "".join(f"[{part}]" for part in path[1:])
    if error["type"] == "extra_forbidden":
        return _unknown(name)
    if error["type"] == "missing":
        return Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if error["type"].startswith("int"):
        return Refused(
            f"Invalid integer: {error['input']}", code="parameter_invalid_integer", param=name
        )
    return Refused(f"Invalid {name}: {error['msg']}", param=name)


def _is_branch(part: int | str) -> bool:
    """Tell whether a part of a place is a branch of a union, not a name."""
    return isinstance(part, str) and not part.replace("_", "").isalnum()


def _unknown(name: str) -> Refused:
    return Refused(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def _check_metadata(params: Any) -> None:
    """Hold the documented bounds of metadata, wherever they stand."""
    for name, each in params.items():
        if name == "metadata" and isinstance(each, dict):
            _check_texts(each)
        elif isinstance(each, dict):
            _check_metadata(each)


def _check_texts(metadata: dict[str, str]) -> None:
    if len(metadata) > _METADATA_MAX:
        raise Refused(f"You can have at most {_METADATA_MAX} metadata keys.", param="metadata")
    for name, value in metadata.items():
        if len(name) > _NAME_MAX or len(value) > _VALUE_MAX:
            raise Refused(
                f"Metadata keys can have up to {_NAME_MAX} characters, values up to {_VALUE_MAX}.",
                param=f"metadata[{name}]",
            )

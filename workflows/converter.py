"""Temporal's pydantic converter, with the adapters of our own types made once instead of for every workflow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, pydantic_data_converter
from temporalio.converter import CompositePayloadConverter, DefaultPayloadConverter, JSONPlainPayloadConverter

from domain.batches import BatchOrder, BatchProgress, Steering
from domain.deliveries import DeliveryOrder
from domain.wire import Glance, InvoiceRef, LookOrder, RecallOrder, ReconcileOrder, Report, SendOrder

_OF_LIVES = (Glance, InvoiceRef, LookOrder, RecallOrder, ReconcileOrder, Report, SendOrder)
_OF_OTHERS = (BatchOrder, BatchProgress, DeliveryOrder, Steering)
ADAPTERS: dict[Any, TypeAdapter[Any]] = {wire: TypeAdapter(wire) for wire in (*_OF_LIVES, *_OF_OTHERS)}
"""Made here: in the sandbox nobody finds what the words in a type mean (``tests/workflows/test_runner.py``)."""


class WireConverter(PydanticJSONPlainPayloadConverter):
    """JSON by pydantic."""

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """The value; our own types by an adapter that is there already."""
        adapter = ADAPTERS.get(type_hint)
        return adapter.validate_json(payload.data) if adapter else super().from_payload(payload, type_hint)


_CONVERTERS = tuple(
    WireConverter() if isinstance(other, JSONPlainPayloadConverter) else other
    for other in DefaultPayloadConverter.default_encoding_payload_converters
)
"""Made once, too: the SDK asks for a payload converter several times in each task."""


class WirePayloadConverter(CompositePayloadConverter):
    """The default converters, with JSON by ``WireConverter``."""

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)


DATA_CONVERTER = replace(pydantic_data_converter, payload_converter_class=WirePayloadConverter)
"""What every client and worker of ours uses."""

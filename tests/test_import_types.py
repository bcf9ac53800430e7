"""A request with values of other types in any place is imported or rejected with a message: never an internal error."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trainspec.importers.ack import import_manifest
from trainspec.importers.request import import_request
from trainspec.importers.write import spec_text
from trainspec.pipeline import Options, analyse
from trainspec.text.source import Source

from api_requests import requests
from helpers import is_thorough

OTHERS: tuple[Any, ...] = (None, 7, 0.5, True, "x", "", [], {}, [1], {"a": 1}, [None], [{}], {"a": None}, [[1]])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in below for place in places(each, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    if isinstance(value, dict):
        return {key: changed(each, path[1:], other) if key == path[0] else each for key, each in value.items()}
    return [changed(each, path[1:], other) if at == path[0] else each for at, each in enumerate(value)]


@pytest.mark.generated
@settings(
    max_examples=int(os.environ.get("TRAINSPEC_EXAMPLES") or (40 if is_thorough() else 5)),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(requests(), st.data())
def test_other_types_anywhere(request: dict[str, Any], data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(request)[1:]))
        request = changed(request, path, data.draw(st.sampled_from(OTHERS)))
        for imported in (
            import_request(request),
            import_manifest({"kind": "TrainingJob", "spec": request, "metadata": {}}),
        ):
            analyse(Source("x.yaml", spec_text(imported)), Options())

"""The quick answer to "is it valid" is the same as jsonschema's, for both schemas and any document."""

import json
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trainspec.language.spec import Spec
from trainspec.language.validate import refusals
from trainspec.request.api.check import violations
from trainspec.request.check import _kind, check, render_request
from trainspec.schema.files import API_SCHEMA, SPEC_SCHEMA, load_schema
from trainspec.schema.validator import Accepts, acceptor
from trainspec.templates import SAMPLES
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping
from trainspec.text.typing import to_data

from api_requests import requests
from helpers import ROOT, tried

JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 10**20, 1.0, 0.5),
    *("", "x", "s3://bucket/x", "{{ ds }}", "${vars.x}", "1h", "x" * 5000),
    *([], ["x"], {}, {"x": 1}, {"s3": "s3://b/x"}),
)


@cache
def accepts(name: str) -> Accepts:
    return acceptor(load_schema(name))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, below in items for found in places(below, (*path, step)))]


def with_junk(document: Any, path: tuple[Any, ...], junk: Any, *, key: bool) -> Any:
    """The document with something else at `path`, or with an additional key there."""
    changed = deepcopy(document)
    if not path:
        return junk
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    if key and isinstance(inner, dict):
        inner["unknownKey"] = junk
    else:
        inner[path[-1]] = junk
    return changed


def specs() -> list[Any]:
    texts = [path.read_text() for path in sorted((ROOT / "specs").glob("*.yaml"))]
    texts += [path.read_text() for path in sorted((ROOT / "tests" / "cases").glob("good_*/spec.yaml"))]
    trees = [parse(Source("x", text))[0] for text in texts]
    return [to_data(tree, load_schema(SPEC_SCHEMA)) for tree in trees if isinstance(tree, Mapping)]


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """A valid spec with up to three values in it that may be wrong."""
    document = draw(st.sampled_from(specs()))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(places(document)))
        document = with_junk(document, path, draw(st.sampled_from(JUNK)), key=draw(st.booleans()))
        if not isinstance(document, dict):
            break
    return document


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_specs(document: Any) -> None:
    assert accepts(SPEC_SCHEMA)(document) == (not list(refusals(document)))


@pytest.mark.slow
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_what_the_schema_accepts_the_models_hold_unchanged(document: Any) -> None:
    """So the compiler can read the data itself, and does not need to load the models."""
    if isinstance(document, dict):
        document = {key: value for key, value in document.items() if key != "environments"}  # a composed one has none
    if not list(refusals(document, is_composed=True)):
        held = Spec.model_validate(document).model_dump(by_alias=True, exclude_unset=True)
        assert with_types(held) == with_types(document)


def with_types(value: Any) -> Any:
    """The same data with the type of each number: 1, 1.0 and True are three values."""
    if isinstance(value, dict):
        return {key: with_types(below) for key, below in value.items()}
    if isinstance(value, list):
        return [with_types(below) for below in value]
    return (type(value), value) if isinstance(value, bool | int | float) else value


@tried(150)
@given(requests(), st.data())
def test_requests(request: dict[str, Any], data: st.DataObject) -> None:
    assert accepts(API_SCHEMA)(request)
    path = data.draw(st.sampled_from(places(request)))
    changed = with_junk(request, path, data.draw(st.sampled_from(JUNK)), key=data.draw(st.booleans()))
    if isinstance(changed, dict):
        assert accepts(API_SCHEMA)(changed) == (not violations(changed)), json.dumps(changed)


OTHERS = ("!", "x", "", "1", "0", "true", "s3://BUCKET", "x" * 300, "{{ ds }}")
TEMPLATES = (
    "{{ ds }}",
    "{{ params.x }}",
    "{{ run_id }}",
    "{{ no_such }}",
    "{{ ts * ds[8:] | int }}",
    "{{ 'x' * 300 }}",
)


def of_one_run(value: Any, other: str, *, first: bool) -> str:
    """A template that renders to one value in one of the sample runs, and to something else in the other one."""
    return f"{{{{ {str(value)!r} if ds {'>' if first else '<'} '2025' else {other!r} }}}}"


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests(), st.data())
def test_a_request_with_templates_is_checked_for_every_sample(request: dict[str, Any], data: st.DataObject) -> None:
    leaves = [path for path in places(request) if path and not isinstance(at(request, path), dict | list)]
    for path in data.draw(st.lists(st.sampled_from(leaves), max_size=3)):
        other, first = data.draw(st.sampled_from(OTHERS)), data.draw(st.booleans())
        template = st.sampled_from(
            (of_one_run(at(request, path), other, first=first), data.draw(st.sampled_from(TEMPLATES)))
        )
        request = with_junk(request, path, data.draw(template), key=False)
    reported: dict[Any, Any] = {}
    for sample in SAMPLES:
        for fault in check(request, [sample]):
            reported.setdefault((fault.member, _kind(fault.what)), fault)
        if not render_request(request, sample).templated:
            break
    assert check(request, SAMPLES) == list(reported.values())


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize("name", [SPEC_SCHEMA, API_SCHEMA])
def test_all_that_our_schemas_say_is_known(name: str) -> None:
    """A validator is built as documents need it, so here all of it is built."""
    schema = load_schema(name)
    for definition in (schema, *schema["$defs"].values()):
        for below in (definition, *definition.get("properties", {}).values()):
            acceptor({**below, "$defs": schema["$defs"]})


@pytest.mark.parametrize("schema", [{"oneOf": []}, {"enum": [1]}, {"format": "date"}])
def test_other_schemas_are_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"known|anything"):
        acceptor(schema)

"""Expressions matched within a limit give what `re` gives, and those that `re` would never finish are rejected."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trainspec.schema.bounded import SlowPatternError, faults, refusal
from trainspec.schema.characters import UnknownError
from trainspec.schema.patterns import TooSlowError, searches

from helpers import tried

ATOMS = st.sampled_from(
    [
        r"a",
        r"b",
        r"[ab]",
        r"[^a]",
        r".",
        r"\d",
        r"\w",
        r"\s",
        r"^",
        r"$",
        r"\b",
        r"\B",
        r"x",
        r"-",
        r"\A",
        r"\Z",
        r"(?i:A)",
        r"(?=a)",
        r"(?!b)",
        r"(?<=a)",
        r"(?<!b)",
        r"[a-c]",
        r"\W",
        r"\n",
        r"[\d-]",
        r"[^\w]",
    ]
)
REPEATS = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "*?", "+?", "??", "{2,}"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("(?:{}){}".format, inner, REPEATS),
    )


PATTERNS = st.builds(
    "{}{}".format, st.sampled_from(("", "(?m)", "(?s)", "(?i)", "(?a)")), st.recursive(ATOMS, _larger, max_leaves=8)
)


@tried(2_000)
@given(PATTERNS, st.text("abcAx-1 \né_", max_size=8))
def test_as_re_does(pattern: str, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compiled = re.compile(pattern)
        except re.error:
            return
        try:
            found = searches(pattern, text)
        except TooSlowError:
            return
    assert found == bool(compiled.search(text))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a?" * 30 + "a" * 30, "a" * 30),
        ("^" + "(?:a|aa)" * 60 + "b", "a" * 60),
        ("^(a+)+$", "a" * 60 + "!"),
        (r"^(\w+\s?)*$", "words " * 20 + "!"),
        ("(?:(?:a{99}){99}){99}", "a"),
    ],
)
def test_what_never_ends(pattern: str, text: str) -> None:
    with pytest.raises(TooSlowError):
        searches(pattern, text)
    with pytest.raises(SlowPatternError):
        refusal(text, {"pattern": pattern})


def test_what_is_not_known_is_no_refusal() -> None:
    with pytest.raises(UnknownError):
        searches(r"(a)\1", "aa")
    assert refusal("ab", {"pattern": r"(a)\1"}) is None


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (1, {"type": "integer"}),
        ("abc", {"pattern": "b"}),
        ([1, 1.5, True, "1"], {"uniqueItems": True}),
        ({"a": 1}, {"patternProperties": {"^a$": {}}, "additionalProperties": False}),
    ],
)
def test_allowed(value: object, schema: dict[str, object]) -> None:
    assert refusal(value, schema) is None


@pytest.mark.parametrize(
    ("value", "schema", "why"),
    [
        ("abc", {"pattern": "^b"}, "does not match"),
        ([1, 1.0], {"uniqueItems": True}, "is a duplicate"),
        ([{"a": [True]}, {"a": [True]}], {"uniqueItems": True}, "is a duplicate"),
        (10**400, {"multipleOf": 0.5}, "cannot be checked"),
        ("a{99999999999999999999}", {"format": "regex"}, "cannot be checked"),
    ],
)
def test_refused(value: object, schema: dict[str, object], why: str) -> None:
    assert why in (refusal(value, schema) or "")


@pytest.mark.parametrize(
    ("schema", "count"),
    [
        ({"type": "object", "properties": {"a": {"items": {"enum": [1]}}}}, 0),
        ({"minLength": 1.0, "unknown": 1}, 0),
        ({"type": ["string", "string"]}, 1),
        ({"required": ["a", "a"]}, 1),
        ({"properties": {"a": {"type": "text"}}}, 1),
        ({"anyOf": []}, 1),
    ],
)
def test_schemas(schema: dict[str, object], count: int) -> None:
    assert len(list(faults(schema))) == count

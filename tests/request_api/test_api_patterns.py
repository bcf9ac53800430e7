"""Translated patterns compared with the `regex` package, which reads AWS's originals as Java does."""

import re
import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from trainspec.request.api.patterns import UntranslatableError, translate
from trainspec.schema.files import API_SCHEMA, load_schema

from cpu_time import cpu_seconds

PATTERNS = sorted(
    {shape["x-aws-pattern"] for shape in load_schema(API_SCHEMA)["$defs"].values() if "x-aws-pattern" in shape}
)
# What AWS may write in the future, in addition to what it writes today.
MORE_PATTERNS = [r"[\w-.]+", r"\S+\s\D", r"[^\d]\W*", r"[\p{ASCII}]*", r"a|bc", r"(?!x).{2}", r"[a\-z]+\_\@", r"[^\S]x"]
INTERESTING = "aZ09_-.:/@=+ \n\r\t\u0085\u2028\u2029é٣Ⅷ中ª\u00a0\u3000!~{}\x00\U0001f600"


def flags_for(pattern: str) -> int:
    """Java's shorthands are ASCII, its `\\p{L}` and the line ends of its dot are not: no flag of `regex` has both."""
    shorthand = re.search(r"\\[dDwWsS]|\\p\{A", pattern)
    return int(regex.WORD | regex.ASCII if shorthand else regex.WORD)


def shared(pattern: str, text: str) -> str:
    """`text` without the line ends at which only one of Java's dot and that of `regex` stops."""
    line_ends = "\x0b\x0c" + ("\u0085\u2028\u2029" if flags_for(pattern) & regex.ASCII else "")
    return "".join(character for character in text if character not in line_ends)


def java_matches(pattern: str, text: str) -> bool:
    return regex.fullmatch(pattern, text, flags_for(pattern)) is not None


def ours_matches(pattern: str, text: str) -> bool:
    return re.search(translate(pattern), text) is not None


def assigned(text: str) -> bool:
    """The Unicode versions of Python and `regex` differ in characters that one of them does not know."""
    return not any(unicodedata.category(character) in ("Cn", "Co", "Cs") for character in text)


def near_matches(pattern: str) -> st.SearchStrategy[str]:
    """Strings that match by Python, some of them with a change in the middle."""
    matching = st.from_regex(pattern.replace(r"\p{Alnum}", "0-9A-Za-z").replace(r"\p{L}\p{Z}\p{N}", r"\w\s"))
    noise = st.text(st.sampled_from(INTERESTING), max_size=3)
    return st.tuples(matching, noise, st.integers(0, 80)).map(lambda t: t[0][: t[2]] + t[1] + t[0][t[2] :])


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS)
def test_translation_means_the_same(pattern: str) -> None:
    anything = st.text(st.one_of(st.sampled_from(INTERESTING), st.characters()), max_size=12)

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(st.one_of(anything, near_matches(pattern)).filter(assigned))
    def holds(text: str) -> None:
        text = shared(pattern, text)
        assert ours_matches(pattern, text) == java_matches(pattern, text)

    holds()


@pytest.mark.parametrize("pattern", [*PATTERNS, *MORE_PATTERNS])
def test_translation_agrees_on_short_strings(pattern: str) -> None:
    alphabet = [character for character in INTERESTING if character != "x"] + ["x", ""]
    for first in alphabet:
        for second in alphabet:
            text = shared(pattern, first + second)
            assert ours_matches(pattern, text) == java_matches(pattern, text), text


def test_letters_and_numbers_are_those_of_unicode() -> None:
    tag = re.compile(translate(r"[\p{L}\p{N}_]"))
    wrong = [
        hex(code)
        for code in range(0x110000)
        if bool(tag.search(chr(code))) != (unicodedata.category(chr(code))[0] in "LN" or code == ord("_"))
    ]
    assert wrong == []


def dot_excludes(pattern: str) -> str:
    return "".join(chr(code) for code in range(0x3000) if not re.search(pattern, chr(code)))


def test_dot_stops_where_java_says() -> None:
    assert dot_excludes(translate(".")) == "\n\r\u0085\u2028\u2029"


WHOLE = [
    ("[a-z]+", "abc", True),
    ("[a-z]+", "abc\n", False),
    ("a|bc", "abc", False),
    (".*", "", True),
    (".*", "\n", False),
]


@pytest.mark.parametrize(("pattern", "text", "matches"), WHOLE)
def test_the_whole_string_is_matched(pattern: str, text: str, matches: bool) -> None:
    assert ours_matches(pattern, text) is matches


@pytest.mark.parametrize(
    "java", ["a*+b", r"[a-z&&[^b]]", "(?i)a", "(?<n>a)", "(?>a)", r"\Qa.b\E", r"\p{Lu}", r"[\p{L}]", r"(a)\1", "a++"]
)
def test_what_has_no_translation_is_refused(java: str) -> None:
    with pytest.raises(UntranslatableError):
        translate(java)


NASTY = [
    "a" * 4096,
    "a-" * 2048,
    "-" * 4096,
    "arn:aws:sagemaker:" + "a-" * 2000,
    "s3://" + "a" * 4000 + "/\n",
    "a:" * 2048,
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_takes_exponential_time(pattern: str) -> None:
    compiled = re.compile(translate(pattern))
    with cpu_seconds(at_most=5):
        for text in NASTY:
            compiled.search(text + "!")
            compiled.search(text + "\n")

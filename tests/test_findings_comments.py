"""Comments, and what only looks like one: other words in a comment do not change the values; elsewhere they do."""

import re

import yaml
from hypothesis import given
from hypothesis import strategies as st
from trainspec.reporting.suppress import suppress
from trainspec.text.parse import parse
from trainspec.text.source import Source

from helpers import tried

DIRECTIVE = "# trainspec: ignore[TS550]"
PIECES = (
    f"k{{n}}: plain {DIRECTIVE}",
    f"k{{n}}: pl#ain {DIRECTIVE}",
    f'k{{n}}: "quoted {DIRECTIVE}" {DIRECTIVE}',
    f"k{{n}}: 'it''s {DIRECTIVE}'",
    f'k{{n}}: "a \\" {DIRECTIVE}"',
    f'k{{n}}: "over\n  {DIRECTIVE}\n  lines" {DIRECTIVE}',
    f"k{{n}}: over\n  lines {DIRECTIVE}",
    f"k{{n}}: |\n  text\n  {DIRECTIVE}\n",
    f"k{{n}}: |  {DIRECTIVE}\n  text {DIRECTIVE}",
    f"k{{n}}: >-\n  {DIRECTIVE}\n\n",
    f"k{{n}}: |2\n   {DIRECTIVE}",
    f"k{{n}}: {{{{a: b, {DIRECTIVE}\n  c: d}}}} {DIRECTIVE}",
    f"k{{n}}: [a, 'b {DIRECTIVE}', {DIRECTIVE}\n  c]",
    f"'k{{n}} {DIRECTIVE}': a",
    f"k{{n}}: &a{{n}} b {DIRECTIVE}\nl{{n}}: *a{{n}} {DIRECTIVE}",
    f"k{{n}}: !!str b {DIRECTIVE}",
    f"k{{n}}:\n  {DIRECTIVE}\n  - a {DIRECTIVE}\n  - |\n    {DIRECTIVE}",
    f"k{{n}}: {DIRECTIVE}",
    f"{DIRECTIVE}",
    f"  {DIRECTIVE}",
    f"k{{n}}: {{{{'a': b}}}}{DIRECTIVE}",
    "",
)


def _data(text: str) -> object:
    return yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  # strings only


@tried(300)
@given(
    pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
)
def test_comments_are_comments(pieces: list[str], end: str, last: bool) -> None:
    lines = ["first: 1", *(piece.format(n=n) for n, piece in enumerate(pieces))]
    text = "\n".join(lines).replace("\n", end) + (end if last else "")
    data = _data(text)
    source = Source("spec.yaml", text)
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n", text))]
    unused = suppress([], source, parse(source)[0]).findings
    found = {starts[each.span.line - 1] + each.span.column - 1 for each in unused}
    for place in (each.start() for each in re.finditer(re.escape(DIRECTIVE), text)):
        other = f"{text[:place]}# x{text[place + len(DIRECTIVE) :]}"
        assert (_data(other) == data) is (place in found)

"""What editors offer for a built-in algorithm."""

import re

from trainspec.request.algorithms.editing import conditions


def test_patterns_are_regular_expressions_of_json_schema_too() -> None:
    r"""ECMA 262 in Unicode mode knows no `\-`: check-jsonschema rejected the whole schema because of one."""
    patterns = re.findall(r"'pattern': '([^']*)'", repr(conditions()))
    assert len(patterns) > 30
    assert not [pattern for pattern in patterns if r"\\-" in pattern]
    assert [pattern for pattern in patterns if pattern.startswith("^factorization-machines(")]

"""What jsonschema checks in the order of a set, in the order of the document: findings must not differ by run."""

import re
from collections.abc import Iterator
from typing import Any


def additional_properties(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """`additionalProperties`, as jsonschema has it but for the order."""
    from jsonschema import ValidationError

    if not isinstance(instance, dict):
        return
    patterns = "|".join(schema.get("patternProperties", ()))
    named = schema.get("properties", {})
    others = [name for name in instance if name not in named and not (patterns and re.search(patterns, name))]
    if isinstance(wanted, dict):
        for name in others:
            yield from validator.descend(instance[name], wanted, path=name)
    elif not wanted and others:
        listed = ", ".join(repr(name) for name in sorted(others, key=str))
        yield ValidationError(f"Additional properties are not allowed ({listed} unexpected)")

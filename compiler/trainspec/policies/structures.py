"""The keywords of JSON Schema for arrays and objects, each with the function that builds its check."""

from typing import Any

from trainspec.policies.expressions import found
from trainspec.policies.values import NONE, UNKNOWN, Build, Check, Failure
from trainspec.text.tree import Path


def items(schema: Any, build: Build) -> Check:
    """`prefixItems` and `items`."""
    first = [build(each) for each in schema.get("prefixItems", ())]
    rest = build(schema["items"]) if "items" in schema else None

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, list):
            return NONE
        failures = NONE
        for index, each in enumerate(value):
            item = first[index] if index < len(first) else rest
            if item is not None and (failing := item(each, (*path, index))):
                failures = failures + failing
        return failures

    return check


def contains(schema: Any, build: Build) -> Check:
    """`contains`, with `minContains` and `maxContains`."""
    item = build(schema["contains"])
    least, most = schema.get("minContains", 1), schema.get("maxContains")

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, list):
            return NONE
        results = [item(each, ()) for each in value]
        sure = sum(not each for each in results)
        maybe = sum(bool(each) and all(one.in_doubt for one in each) for each in results)
        if sure + maybe < least or (most is not None and sure > most):
            return [Failure(path)]
        in_doubt = sure < least or (most is not None and sure + maybe > most)
        return [Failure(path, in_doubt=True)] if in_doubt else NONE

    return check


def properties(schema: Any, build: Build) -> Check:
    """`properties`, `patternProperties` and `additionalProperties`."""
    named = {name: build(each) for name, each in schema.get("properties", {}).items()}
    patterns = [(key, build(each)) for key, each in schema.get("patternProperties", {}).items()]
    others = schema.get("additionalProperties", True)
    other = None if others is True else build(others)

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, dict):
            return NONE
        failures = NONE
        if not patterns and other is None:
            for name, each in named.items():
                if name in value and (failing := each(value[name], (*path, name))):
                    failures = failures + failing
            return failures
        for name, below in value.items():
            fitting = [named[name]] if name in named else []
            fitting += [each for key, each in patterns if found(key, name)]
            if not fitting and others is False:
                failures = [*failures, Failure((*path, name), on_key=True)]
            elif not fitting and other is not None:
                failures = failures + other(below, (*path, name))
            for each in fitting:
                failures = failures + each(below, (*path, name))
        return failures

    return check


def names(schema: Any, build: Build) -> Check:
    """`propertyNames`."""
    name = build(schema["propertyNames"])

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        keys = value if isinstance(value, dict) else ()
        return [Failure((*path, key), on_key=True) for key in keys if name(key, ())]

    return check


def required(schema: Any, _: Build) -> Check:
    """`required`."""
    names = tuple(schema["required"])

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, dict):
            return NONE
        return [Failure(path, name) for name in names if name not in value]

    return check


def dependent(schema: Any, build: Build) -> Check:
    """`dependentRequired` and `dependentSchemas`."""
    needs = schema.get("dependentRequired", {})
    below = {name: build(each) for name, each in schema.get("dependentSchemas", {}).items()}

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, dict):
            return NONE
        failures = [Failure(path, name) for key in needs if key in value for name in needs[key] if name not in value]
        for key, each in below.items():
            failures += each(value, path) if key in value else NONE
        return failures

    return check

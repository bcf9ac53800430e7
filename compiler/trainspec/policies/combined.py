"""The keywords of JSON Schema that combine schemas, each with the function that builds its check."""

from typing import Any

from trainspec.policies.values import NONE, Build, Check, Failure
from trainspec.text.tree import Path


def all_of(schema: Any, build: Build) -> Check:
    """`allOf`."""
    checks = [build(each) for each in schema["allOf"]]
    return lambda value, path: [failure for each in checks for failure in each(value, path)]


def any_of(schema: Any, build: Build) -> Check:
    """`anyOf`."""
    checks = [build(each) for each in schema["anyOf"]]

    def check(value: Any, path: Path) -> list[Failure]:
        results = []
        for each in checks:
            failing = each(value, path)
            if not failing:
                return NONE
            results.append(failing)
        in_doubt = any(all(one.in_doubt for one in each) for each in results)
        return [_shared([one for each in results for one in each], path, in_doubt)]

    return check


def one_of(schema: Any, build: Build) -> Check:
    """`oneOf`."""
    checks = [build(each) for each in schema["oneOf"]]

    def check(value: Any, path: Path) -> list[Failure]:
        results = [each(value, path) for each in checks]
        sure = sum(not each for each in results)
        maybe = sum(bool(each) and all(one.in_doubt for one in each) for each in results)
        if sure == 1 and not maybe:
            return NONE
        if sure > 1 or not maybe:
            return [_shared([one for each in results for one in each], path, False)]
        return [Failure(path, in_doubt=True)]

    return check


def _shared(failures: list[Failure], path: Path, in_doubt: bool) -> Failure:
    """One failure for several alternatives that all fail: at the place that contains all of theirs."""
    if not failures:
        return Failure(path, in_doubt=in_doubt)
    shared = failures[0].path
    for each in failures:
        length = next(
            (at for at, (one, other) in enumerate(zip(shared, each.path, strict=False)) if one != other),
            min(len(shared), len(each.path)),
        )
        shared = shared[:length]
    missing = {each.missing for each in failures}
    return Failure(shared, missing.pop() if len(missing) == 1 else None, in_doubt=in_doubt)


def negated(schema: Any, build: Build) -> Check:
    """`not`."""
    forbidden = schema["not"]
    inner = build(forbidden)

    def check(value: Any, path: Path) -> list[Failure]:
        failing = inner(value, ())
        if not failing:
            return [Failure((*path, *_meant(forbidden, value)))]
        in_doubt = all(each.in_doubt for each in failing)
        return [Failure((*path, *failing[0].path), in_doubt=True)] if in_doubt else NONE

    return check


def _meant(schema: Any, value: Any) -> Path:
    """The only place below a value that a schema which must not match is about, if there is one."""
    path: Path = ()
    while isinstance(schema, dict) and isinstance(value, dict):
        names = {*schema.get("properties", ()), *schema.get("required", ())} & value.keys()
        if len(names) != 1:
            break
        name = names.pop()
        path, value, schema = (*path, name), value[name], schema.get("properties", {}).get(name)
    return path


def conditional(schema: Any, build: Build) -> Check:
    """`if`, `then` and `else`."""
    condition = build(schema["if"])
    then, other = (build(schema.get(word, True)) for word in ("then", "else"))

    def check(value: Any, path: Path) -> list[Failure]:
        failing = condition(value, ())
        if not failing:
            return then(value, path)
        if not all(each.in_doubt for each in failing):
            return other(value, path)
        return [each._replace(in_doubt=True) for each in (*then(value, path), *other(value, path))]

    return check

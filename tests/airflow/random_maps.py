"""Lists and maps as people build them in DAG files: created, merged, changed, shared, by loops and functions."""

from collections.abc import Callable, Mapping
from typing import Any

from random_values import Code, any_value

# ---- lists


def _appended(code: Code, items: list[str]) -> str:
    name = code.named("items", "[]")
    ways = [f"{name}.append({{}})", f"{name} += [{{}}]", f"{name}.extend([{{}}])", f"{name}.insert(len({name}), {{}})"]
    for each in items:
        code.add(code.chance.choice(ways).format(each))
    return name


def _aliased(code: Code, items: list[str]) -> str:
    name, other = code.named("items", f"[{', '.join(items[:-1])}]"), code.fresh("alias")
    code.add(f"{other} = {name}", f"{other} += [{items[-1]}]")
    return name


def _list_form(code: Code, items: list[str]) -> str:
    inside = ", ".join(items)
    forms = [f"list(({inside},))", f"[each for each in [{inside}]]", f"[*[{inside}]]", f"[] + [{inside}]"]
    forms += [f"sorted([{inside}], key=lambda each: 0)", f"list(filter(None, [{inside}]))", f"[{inside}, 'x'][:-1]"]
    forms += [f"list(map(lambda each: each, [{inside}]))", f"list(reversed([{', '.join(reversed(items))}]))"]
    return code.chance.choice(forms)


LISTS = (_appended, _aliased, _list_form)


# ---- maps


def literal(code: Code, value: Mapping[str, Any]) -> str:
    """A map as a literal, with values of any form."""
    inside = [f"{key!r}: {any_value(code, below)}" for key, below in value.items()]
    return "{" + ", ".join(inside) + "}"


def _halves(code: Code, value: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    at = code.chance.randint(0, len(value))
    items = list(value.items())
    return dict(items[:at]), dict(items[at:])


def _called(code: Code, value: Mapping[str, Any]) -> str:
    return "dict(" + ", ".join(f"{key}={any_value(code, below)}" for key, below in value.items()) + ")"


def _merged(code: Code, value: Mapping[str, Any]) -> str:
    first, last = _halves(code, value)
    wrong = {**first, **dict.fromkeys(list(last)[:1], "wrong")}
    base = code.named("base", literal(code, wrong))
    more = literal(code, last)
    forms = [
        f"{{**{base}, **{more}}}",
        f"({base} | {more})",
        f"dict({base}, **{more})",
        f"dict(**{{**{base}, **{more}}})",
    ]
    return code.chance.choice(forms)


def _filled(code: Code, value: Mapping[str, Any]) -> str:
    """A map that is changed after it was created."""
    first, last = _halves(code, value)
    name = code.named("made", literal(code, first))
    if code.chance.random() < 0.3:
        base, name = name, code.fresh("copied")
        code.add("import copy")
        how = code.chance.choice([f"copy.deepcopy({base})", f"{base}.copy()", f"dict({base})", f"{{**{base}}}", base])
        code.add(f"{name} = {how}")
    for key, below in last.items():
        given = any_value(code, below)
        filling = code.fresh("fill")
        forms = [
            [f"{name}[{key!r}] = {given}"],
            [f"{name}.update({{{key!r}: {given}}})"],
            [f"{name}.update({key}={given})"],
            [f"{name}.setdefault({key!r}, {given})"],
            [f"{name} |= {{{key!r}: {given}}}"],
            [f"if {key!r} not in {name}:", f"    {name}[{key!r}] = {given}"],
            [f"def {filling}(target):", f"    target[{key!r}] = {given}", f"{filling}({name})"],
            [f"def {filling}(target):", f"    return {{**target, {key!r}: {given}}}", f"{name} = {filling}({name})"],
            [f"for {filling} in [{key!r}]:", f"    {name}[{filling}] = {given}"],
            [f"{name}['Wrong'] = 1", f"del {name}['Wrong']", f"{name}[{key!r}] = {given}"],
            [f"{name}[{key!r}] = 'wrong'", f"{name}.pop({key!r})", f"{name}[{key!r}] = {given}"],
            [f"try:\n    {name}[{key!r}] = {given}\nexcept Exception:\n    raise"],
            [f"{name}.__setitem__({key!r}, {given})"],
        ]
        code.add(*[each for line in code.chance.choice(forms) for each in line.split("\n")])
    return name


def _changed_below(code: Code, value: Mapping[str, Any]) -> str:
    """A map with a nested map that is changed through it, or through another name."""
    inner = [key for key, below in value.items() if isinstance(below, dict) and below]
    if not inner:
        return _filled(code, value)
    key = code.chance.choice(inner)
    below = dict(value[key])
    last = code.chance.choice([each for each in below if not isinstance(below[each], dict)] or [""])
    if not last:
        return _filled(code, value)
    kept = below[last]
    name = code.named("nested", literal(code, {**value, key: {**below, last: "wrong"}}))
    given = any_value(code, kept)
    forms = [
        [f"{name}[{key!r}][{last!r}] = {given}"],
        [f"{name}[{key!r}].update({{{last!r}: {given}}})"],
        [f"inner_{name} = {name}[{key!r}]", f"inner_{name}[{last!r}] = {given}"],
        [f"{name} = {{**{name}, {key!r}: {{**{name}[{key!r}], {last!r}: {given}}}}}"],
        ["import copy", f"{name} = copy.deepcopy({name})", f"{name}[{key!r}][{last!r}] = {given}"],
        [f"shallow_{name} = {name}.copy()", f"shallow_{name}[{key!r}][{last!r}] = {given}"],
        ["from random_helpers import deep_merge", f"{name} = deep_merge({name}, {{{key!r}: {{{last!r}: {given}}}}})"],
        [f"def merge_{name}(a, b):", "    out = dict(a)", "    for k, v in b.items():",
         "        out[k] = merge_" + name + "(out[k], v) if isinstance(v, dict) and k in out else v", "    return out",
         f"{name} = merge_{name}({name}, {{{key!r}: {{{last!r}: {given}}}}})"],
        [f"for k, v in {name}.items():", f"    if k == {key!r}:", f"        v[{last!r}] = {given}"],
    ]  # fmt: skip
    code.add(*code.chance.choice(forms))
    return name


def _comprehended(code: Code, value: Mapping[str, Any]) -> str:
    keys, values = list(value), f"[{', '.join(any_value(code, each) for each in value.values())}]"
    forms = [
        f"dict(zip({keys}, {values}))",
        f"{{k: v for k, v in zip({keys}, {values})}}",
        f"{{k: v for k, v in {literal(code, {**value, 'Wrong': 1})}.items() if k != 'Wrong'}}",
        f"dict((k, v) for k, v in zip({keys}, {values}))",
        f"dict([[k, v] for k, v in zip({keys}, {values})])",
    ]
    return code.chance.choice(forms)


def _of_function(code: Code, value: Mapping[str, Any]) -> str:
    name = code.fresh("build")
    first, last = _halves(code, value)
    given = literal(code, first)
    more = ", ".join(f"{key}={any_value(code, below)}" for key, below in last.items())
    parameter = next(iter(first), None)
    code.add(f"def {name}(extra=None, **more):", f"    made = {given}")
    ways = ["    made.update(more)", "    made = {**made, **more}", "    for k in more:\n        made[k] = more[k]"]
    code.add(*code.chance.choice(ways).split("\n"))
    if parameter and code.chance.random() < 0.3:
        code.add("    if extra:", f"        made[{parameter!r}] = extra")
    code.add("    return made")
    return f"{name}({more})"


MAPS: tuple[Callable[[Code, Mapping[str, Any]], str], ...] = (
    _called, _merged, _merged, _filled, _filled, _changed_below, _changed_below, _comprehended, _of_function,
)  # fmt: skip

"""Tasks in groups, loops and comprehensions, as people write them in DAG files; each returns names for its tasks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from random_arguments import OF_TASK, some
from random_requests import random_request
from random_values import any_value, mapping, text

if TYPE_CHECKING:
    from random_dags import Writer


def _singles(writer: "Writer") -> list[str]:
    stem = writer.code.fresh("t")
    return [
        writer.training(f"{stem}_{each}") if writer.chance.random() < 0.6 else writer.other(f"{stem}_{each}")
        for each in range(writer.chance.randint(1, 3))
    ]


def _loop(writer: "Writer") -> list[str]:
    """Jobs of one loop, stored in a list or a map, or chained one after another."""
    code, chance = writer.code, writer.chance
    stem, kept = code.fresh("loop"), code.fresh("kept")
    with code.span(f"{stem}_a", f"{stem}_b"):
        _write_loop(writer, stem, kept)
    return [chance.choice([kept, f"{kept}[0]", f"{kept}[-1]", f"list({kept})", f"{kept}[:1]"])]


def _write_loop(writer: "Writer", stem: str, kept: str) -> None:
    code, chance = writer.code, writer.chance
    config = any_value(code, random_request(chance, stem.replace("_", "-")))
    base = code.named("base", config)
    heads = ["for name in ['a', 'b']:", "for number, name in enumerate(('a', 'b')):",
             "for name, size in {'a': 1, 'b': 2}.items():", "for name, size in zip(['a', 'b'], [1, 2]):",
             "for name in [each for each in 'a b c'.split() if each != 'c']:",
             "for name in sorted({'a', 'b'}):", "for name in ['a', 'x', 'b']:\n    if name == 'x':\n        continue",
             "for name in 'ab':", "for name in filter(lambda each: each != 'x', ['a', 'x', 'b']):"]  # fmt: skip
    code.add(f"{kept} = []", *chance.choice(heads).split("\n"))
    code.depth += 1
    code.add("import copy")
    ways = [
        f"config = {{**{base}, 'TrainingJobName': f'{stem.replace('_', '-')}-{{name}}'}}",
        f"config = copy.deepcopy({base})\nconfig['TrainingJobName'] = '{stem.replace('_', '-')}-' + name",
        f"config = dict({base}, TrainingJobName='{stem.replace('_', '-')}-%s' % name)",
        f"config = {base}.copy()\nconfig['ResourceConfig']['VolumeSizeInGB'] += 1",
        f"config = {base} | {{'OutputDataConfig': {{'S3OutputPath': 's3://acme-models/{{}}/'.format(name)}}}}",
    ]
    code.add(*chance.choice(ways).split("\n"))
    made = writer.call(writer.operator, task_id=f"f'{stem}_{{name}}'", config="config", **some(code, OF_TASK, 2))
    endings = [f"{kept}.append({made})", f"{kept} += [{made}]", f"op = {made}\n{kept} = {kept} + [op]"]
    endings += [f"op = {made}\nif {kept}:\n    {kept}[-1] >> op\n{kept}.append(op)"]
    code.add(*chance.choice(endings).split("\n"))
    code.depth -= 1


def _comprehension(writer: "Writer") -> list[str]:
    code, chance = writer.code, writer.chance
    stem = code.fresh("comp")
    with code.span(f"{stem}_1", f"{stem}_2"):
        base = code.named("base", any_value(code, random_request(chance, stem.replace("_", "-"))))
        made = writer.call(
            writer.operator,
            task_id=f"f'{stem}_{{each}}'",
            config=f"{{**{base}, 'RetryStrategy': {{'MaximumRetryAttempts': each}}}}",
            **some(code, OF_TASK, 2),
        )
        forms = [
            (f"[{made} for each in range(1, 3)]", "{}"),
            (f"{{each: {made} for each in (1, 2)}}", "{}[1]"),
            (f"{{each: {made} for each in (1, 2)}}", "list({}.values())"),
            (f"list(map(lambda each: {made}, [1, 2]))", "{}"),
            (f"tuple({made} for each in (1, 2))", "{}[-1]"),
        ]
        expression, access = chance.choice(forms)
        return [access.format(code.named("jobs", expression))]


def _group(writer: "Writer") -> list[str]:
    """A task group, perhaps with another one in it."""
    code = writer.code
    if writer.given_dag:
        return _singles(writer)
    name = code.fresh("group")
    with code.span(name, f"{name}__1", f"{name}_other"):
        return _write_group(writer, name)


def _write_group(writer: "Writer", name: str) -> list[str]:
    code, chance = writer.code, writer.chance
    style = chance.randrange(4)
    more = chance.choice(
        ["", "", "", ", prefix_group_id=False", ", tooltip='x'", ", ui_color='#abc'", _defaults(writer)]
    )
    if style == 3:
        code.add(f"@task_group(group_id={name!r}{more})" if more or chance.random() < 0.5 else "@task_group")
        code.add(f"def {name}(each=None):")
    else:
        code.add(f"with TaskGroup({text(code, name)}{more}) as {name}:")
    code.depth += 1
    if style == 3 and chance.random() < 0.2:
        code.add("'Models of one area.'")
    inside = [*_singles(writer), *(_group(writer) if chance.random() < 0.3 else [])]
    if chance.random() < 0.6:
        writer.edges(inside)
    code.depth -= 1
    if style == 3:
        call = chance.choice(["", "", "", f".override(group_id='{name}_other')", ".expand(each=[1, 2])"])
        code.add(f"{name}_made = {name}{call or '()'}" + ("()" if "override" in call else ""))
        if not call and "prefix_group_id" not in more and chance.random() < 0.3:
            code.add(f"{name}_again = {name}()")
            return [f"{name}_made", f"{name}_again"]
        return [f"{name}_made"]
    return [name] if chance.random() < 0.8 or not inside else [name, inside[0]]


def _defaults(writer: "Writer") -> str:
    """Default arguments of a group."""
    given = {"retries": 5, "pool": "gpu", "aws_conn_id": "aws_group"}
    kept = {key: given[key] for key in writer.chance.sample(sorted(given), writer.chance.randint(1, 3))}
    return f", default_args={mapping(writer.code, kept)}"


def _mapped(writer: "Writer") -> list[str]:
    """A task that is mapped over its config, perhaps together with another argument."""
    code, chance = writer.code, writer.chance
    if chance.random() < 0.4:
        return _singles(writer)
    stem = code.fresh("mapped")
    with code.span(stem):
        base = code.named("base", any_value(code, random_request(chance, stem.replace("_", "-"))))
        configs = f"[{{**{base}, 'RetryStrategy': {{'MaximumRetryAttempts': each}}}} for each in (1, 2)]"
        call = writer.call(f"{writer.operator}.partial", task_id=repr(stem), **some(code, OF_TASK, 2))
        named = code.named("configs", configs)
        forms = [
            f"{call}.expand(config={configs})",
            f"{call}.expand(config={named})",
            f"{call}.expand(config={named}, check_interval=[30, 60, 90])",
            f"{call}.expand(aws_conn_id=['aws_a', 'aws_b'], config={named})",
            f"{call}.expand_kwargs([{{'config': each, 'check_interval': 60}} for each in {named}])",
            f"{call[:-1]}, config={base}).expand(aws_conn_id=['aws_a', 'aws_b'])",
        ]
        return [code.named("op", chance.choice(forms))]


SHAPES: tuple[Callable[["Writer"], list[str]], ...] = (
    _singles, _singles, _singles, _loop, _loop, _comprehension, _group, _group, _mapped,
)  # fmt: skip

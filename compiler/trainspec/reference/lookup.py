"""What the argument of `trainspec explain` refers to: a code, a field, a framework, an algorithm and so on."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from trainspec.airflow_api.model import Signature
from trainspec.diagnostics import did_you_mean
from trainspec.project.settings import SAME_CODE
from trainspec.reference.codes import Explained, all_codes
from trainspec.reference.fields import Field, all_fields
from trainspec.request.images.catalogue import ImageInfo, algorithms, frameworks
from trainspec.request.machines import Machine, machine, machines


@dataclass(frozen=True, slots=True)
class Image:
    """One framework or algorithm, and the fields that take its name."""

    info: ImageInfo
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Images:
    """The images that there are by name for the field `framework` or `algorithm`."""

    field: str
    names: tuple[ImageInfo, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator, sensor or notifier: its dotted path, what it takes, and the release that was read."""

    path: str
    signature: Signature
    release: str


Answer: TypeAlias = Explained | Field | Image | Images | Machine | Operator

_SHORT = 2
_CODE = re.compile(r"ts[0-9]+$", re.IGNORECASE)
_CLASS = re.compile(r"(operator|sensor|notifier)$", re.IGNORECASE)
_CATALOGUES = {"framework": frameworks, "algorithm": algorithms}


_EXPLAINED_BY = {
    "command": "entrypoint",
    "best": "matrix",
    "matrix.id": "matrix",
    "max_parallel": "matrix",
    "include": "matrix",
    "exclude": "matrix",
    "foreach": "for_each",
}
"""Words that are not fields, by the field whose description mentions them."""


def look_up(word: str) -> list[Answer]:
    """All that `word` may mean, in the order of likelihood; empty if it means nothing."""
    word = _EXPLAINED_BY.get(word, word)
    codes = [each for each in all_codes() if _CODE.match(word) and each.code.id.startswith(word.upper())]
    if codes:
        return list(codes)
    answers: list[Answer] = list(_fields(word))
    answers += _images(word, is_field=bool(answers))
    if word.lower() in _CATALOGUES:
        answers.append(Images(word.lower(), tuple(_CATALOGUES[word.lower()]().values())))
    if not answers and (found := machine(word.lower())):
        answers.append(found)
    if not answers:
        answers += [field for field in all_fields().values() if len(word) > _SHORT and word.lower() in field.words]
    if not answers and _CLASS.search(word):
        answers += _operators(word)
    return answers


def _operators(word: str) -> Iterator[Operator]:
    """The operators, sensors and notifiers of that name, or that dotted path, as the newest Airflow has them."""
    from trainspec.airflow_api.operators import everywhere, find, source_of, table_of
    from trainspec.options import DEFAULT_AIRFLOW

    wanted_module, _, wanted = word.rpartition(".")
    for module, name in everywhere(DEFAULT_AIRFLOW):
        if name.lower() == wanted.lower() and module.endswith(wanted_module):
            signature, table = find(module, name, DEFAULT_AIRFLOW), table_of(module, DEFAULT_AIRFLOW)
            if signature and table:
                yield Operator(f"{module}.{name}", signature, source_of(table))


def suggestion(word: str) -> str | None:
    """What the author of `word` may have meant, as a question."""
    if _CODE.match(word):
        return did_you_mean(word.upper(), [each.code.id for each in all_codes()], SAME_CODE)
    fields = all_fields()
    known = [*fields, *(path.rsplit(".", 1)[-1] for path in fields), *(each.code.id for each in all_codes())]
    known += [each.member for each in fields.values() if each.member]
    known += [name for catalogue in _CATALOGUES.values() for name in catalogue()]
    if word.startswith("ml."):
        known += machines()
    if _CLASS.search(word):
        from trainspec.airflow_api.operators import everywhere
        from trainspec.options import DEFAULT_AIRFLOW

        known += [name for _, name in everywhere(DEFAULT_AIRFLOW)]
    return did_you_mean(word, [name for name in dict.fromkeys(known) if not name.endswith("*")])


def _images(word: str, *, is_field: bool) -> Iterator[Image]:
    """The image that `framework.pytorch`, `xgboost` or `xgboost@1.7-1` names."""
    field, dot, name = word.lower().partition(".")
    if field not in _CATALOGUES:
        field, dot, name = "", "", word.lower()
    name = name.partition("@")[0]
    if not name or (is_field and not dot):
        return
    found = {kind: catalogue().get(name) for kind, catalogue in _CATALOGUES.items() if field in ("", kind)}
    infos = dict.fromkeys(found.values())
    for info in infos:
        if info is not None:
            yield Image(info, tuple(kind for kind, each in found.items() if each == info))


def _fields(word: str) -> Iterator[Field]:
    """The fields that `word` names, in the first of these ways in which it names any.

    By its path; as a name in a map (`tags.team`); by its path without the names (`inputs.s3`); by the end of its path;
    by its request member; by the member's end; by the map that it is in, in the spec or in the request.
    """
    steps = _steps(word)
    if not any(step.strip("*") for step in steps):
        return
    paths = [steps]
    if steps[0] == "jobs" and len(steps) > 1:
        paths.append(steps[2:] or ["jobs"])
    elif steps[0] == "defaults" and len(steps) > 1:
        paths.append(steps[1:])
    elif steps[:2] == ["dag", "defaultargs"] and len(steps) == 3:
        paths.append(steps[2:])
    ways: tuple[Callable[[Field], bool], ...] = (
        lambda field: any(_match(_steps(field.path), path) for path in paths),
        lambda field: any(_match([*_steps(field.path), ""], [*path, ""]) for path in paths),
        lambda field: any([step for step in _steps(field.path) if step != "*"] == path for path in paths),
        lambda field: any(_ends_with(_steps(field.path), path) for path in paths),
        lambda field: field.member is not None and _match(_steps(field.member), steps),
        lambda field: field.member is not None and _ends_with(_steps(field.member), steps),
        lambda field: any(_match([*_steps(field.path)[: len(path)], ""], [*path, ""]) for path in paths),
        lambda field: field.member is not None and _match(_steps(field.member)[: len(steps)], steps),
    )
    for way in ways:
        found = [field for field in all_fields().values() if way(field)]
        if found:
            yield from found
            return


def _steps(path: str) -> list[str]:
    """The steps of a path, spelt alike: `Inputs[0].s3-uri` as `inputs`, `*`, `s3uri`."""
    plain = path.replace("[", ".").replace("]", "").lower()
    steps = [step.replace("_", "").replace("-", "") for step in plain.split(".") if step]
    return ["*" if step.isdigit() else step for step in steps] or [""]


def _match(known: list[str], asked: list[str]) -> bool:
    """Whether a path is the requested one; `*` inside it stands for any name."""
    if known == asked:
        return True
    pairs = zip(known, asked, strict=False)
    return len(known) == len(asked) and known[-1] != "*" and all(step in ("*", wanted) for step, wanted in pairs)


def _ends_with(known: list[str], asked: list[str]) -> bool:
    end = known[-len(asked) :]
    return end[0] == asked[0] and _match(end, asked)

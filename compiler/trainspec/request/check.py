"""A request against the API's model, looking through its templates: each is rendered for sample task runs first."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from trainspec.request.api.check import Violation, accepts_at, check_request, member_schema
from trainspec.request.api.model import TRAINING, operation_of
from trainspec.safety.budget import spend
from trainspec.schema.values import with_leaves
from trainspec.templates import Problem, Sample, folded, has_template, render
from trainspec.text.tree import Path

_STEPS_OF_RENDERING = 100
_INTEGER = re.compile(r"\s*([-+]?[0-9]{1,4000})(?:\.0{1,4000})?\s*", re.ASCII)
_NUMBER = re.compile(r"\s*[-+]?(?:[0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})(?:[eE][-+]?[0-9]{1,400})?\s*", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


class MemberFault(NamedTuple):
    """What is wrong at a member: a template's problem or a violation of the model.

    `rendered` is the result of a template, if that is what the model rejects.
    """

    member: Path
    what: Violation | Problem
    rendered: str | None = None


class Rendering(NamedTuple):
    """A request for one sample task run. `unknown` has the members that are only known at run time."""

    request: dict[str, Any]
    templated: Mapping[Path, str]
    unknown: frozenset[Path]
    problems: tuple[tuple[Path, Problem], ...]


def check(request: Mapping[str, Any], samples: Sequence[Sample], operation: str = TRAINING) -> list[MemberFault]:
    """All that is wrong with `request` of that operation for any of the sample task runs; each thing once."""
    found: dict[tuple[Path, str], MemberFault] = {}
    before: Rendering | None = None
    for sample in samples:
        if before is not None and not _may_find_more(before, request, sample, operation, found):
            continue
        spend(_STEPS_OF_RENDERING)
        rendering = render_in(request, sample.context(), operation)
        for fault in _faults(rendering, operation):
            found.setdefault((fault.member, _kind(fault.what)), fault)
        if not rendering.templated:
            break
        before = rendering
    return list(found.values())


def _may_find_more(
    rendering: Rendering,
    request: Mapping[str, Any],
    sample: Sample,
    operation: str,
    found: Collection[tuple[Path, str]],
) -> bool:
    """Whether something may be wrong for this task run that was not `found` with another's `rendering`.

    Only the members with templates can differ, and the model says of each member by itself what it may be.
    """
    for path in (*rendering.templated, *rendering.unknown):
        template: Any = request
        for step in path:
            template = template[step]
        rendered = render(template, sample.context())
        if any((path, _kind(problem)) not in found for problem in rendered.problems):
            return True
        if rendered.text is not None and not accepts_at(path, _typed(rendered.text, path, operation), operation):
            return True
    return False


def _kind(what: Violation | Problem) -> str:
    """Everything reported for a member: each problem, each missing member, and one violation of its own form."""
    if isinstance(what, Problem):
        return what.message
    return f"{what.constraint} {what.limit}" if what.constraint in ("required", "unknown") else "form"


def render_request(request: Mapping[str, Any], sample: Sample) -> Rendering:
    """`request` with its templates rendered for the task run `sample`."""
    return render_in(request, sample.context(), operation_of(request))


def render_in(request: Mapping[str, Any], context: Mapping[str, Any], operation: str = TRAINING) -> Rendering:
    """`request` with its templates rendered, and strings parsed as the numbers and booleans that the API requires.

    `context` are the names that templates see. A member that is not known keeps its template.
    """
    templated: dict[Path, str] = {}
    unknown: set[Path] = set()
    problems: list[tuple[Path, Problem]] = []

    def rendered_leaf(value: Any, path: Path) -> Any:
        if not isinstance(value, str) or not has_template(value):
            return value
        rendered = render(value, context)
        problems.extend((path, problem) for problem in rendered.problems)
        if rendered.text is None:
            unknown.add(path)
            return value
        templated[path] = rendered.text
        return _typed(rendered.text, path, operation)

    return Rendering(with_leaves(dict(request), rendered_leaf), templated, frozenset(unknown), tuple(problems))


def _faults(rendering: Rendering, operation: str) -> Iterator[MemberFault]:
    for path, problem in rendering.problems:
        yield MemberFault(path, problem)
    for violation in sorted(check_request(rendering.request, operation), key=_rank):
        if violation.path not in rendering.unknown or violation.constraint in ("unknown", "output_only"):
            yield MemberFault(violation.path, violation, rendering.templated.get(violation.path))


def _rank(violation: Violation) -> int:
    """Of two violations of one member the maximum says more than the pattern, and the pattern more than a minimum."""
    return {"pattern": 1, "min_length": 2}.get(violation.constraint, 0)


def printable(request: Mapping[str, Any]) -> dict[str, Any]:
    """`request` as a reader or the AWS CLI needs it: `{{ '{{' }}`, which Airflow needs, becomes `{{`."""
    operation = operation_of(request)

    def printed_leaf(value: Any, path: Path) -> Any:
        is_constant = isinstance(value, str) and folded(value) != value
        return _typed(folded(value), path, operation) if is_constant else value

    printed: dict[str, Any] = with_leaves(dict(request), printed_leaf)
    return printed


def as_read(value: Any, path: Path, operation: str = TRAINING) -> Any:
    """A member as the operator passes it to AWS: strings of numbers and booleans are converted if necessary."""
    if not isinstance(value, str):
        return value
    is_read = _INTEGER.fullmatch(value) or _NUMBER.fullmatch(value) or value.strip().lower() in _BOOLEANS
    return _typed(value, path, operation) if is_read else value


def _typed(text: str, path: Path, operation: str = TRAINING) -> Any:
    """A string as the operator reads it (`runtime/engine/casting.py`), for a member that is not a string."""
    wanted = (member_schema(path, operation) or {}).get("type")
    if wanted == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if wanted == "integer" and (whole := _INTEGER.fullmatch(text)):
        return int(whole[1])
    if wanted == "boolean" and text.strip().lower() in _BOOLEANS:
        return _BOOLEANS[text.strip().lower()]
    return text

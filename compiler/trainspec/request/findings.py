"""What is wrong with a request, in terms of the spec that it came from."""

import re
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Map
from collections.abc import Sequence as Several
from dataclasses import replace

from trainspec.diagnostics import Code, Diagnostic, Fix, codes, did_you_mean, the_one
from trainspec.diagnostics.words import shown
from trainspec.request.api.check import Violation
from trainspec.request.check import MemberFault, check
from trainspec.request.lower import Request, field_of
from trainspec.request.tuned import DEFINITION, OTHER_DEFINITIONS
from trainspec.schema.words import TYPES
from trainspec.templates import Problem, Sample
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Mapping, Node, Path, Scalar, Sequence, dotted, find, key_span, rewrite_to

CODES: Map[str, Code] = {
    "required": codes.API_REQUIRED,
    "unknown": codes.API_UNKNOWN,
    "output_only": codes.API_UNKNOWN,
    "type": codes.API_TYPE,
    "enum": codes.API_ENUM,
    "pattern": codes.API_PATTERN,
    "key_pattern": codes.API_PATTERN,
    "min_length": codes.API_LENGTH,
    "max_length": codes.API_LENGTH,
    "key_length": codes.API_LENGTH,
    "minimum": codes.API_RANGE,
    "maximum": codes.API_RANGE,
    "min_items": codes.API_COUNT,
    "max_items": codes.API_COUNT,
    "min_entries": codes.API_COUNT,
    "max_entries": codes.API_COUNT,
}

_FEW = 15
_FORMS: Map[str, str] = {
    "MetricRegex": "a regular expression of at least one character",
    "ChannelName": "letters, digits, `.`, `-` and `_`",
    "ContainerImage": "an image such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1, without spaces",
    "AlgorithmImage": "an image such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1, without spaces",
    "TagKey": "letters, digits, spaces and `_.:/=+-@`",
    "TagValue": "letters, digits, spaces and `_.:/=+-@`",
    "TrainingEnvironmentMap": "a letter or `_`, then letters, digits and `_`",
    "KmsKeyId": "a KMS key: its id, its ARN or its alias",
    "RoleArn": "the ARN of an IAM role, such as arn:aws:iam::123456789012:role/MyRole",
    "S3Uri": "an S3 URI such as s3://my-bucket/prefix/",
    "SecurityGroupId": "the id of a security group, such as sg-0123456789abcdef0",
    "SubnetId": "the id of a subnet, such as subnet-0123456789abcdef0",
    "TrainingJobName": "letters, digits and single hyphens between them, at most 63",
    "HyperParameterTuningJobName": "letters, digits and single hyphens between them, at most 32",
}
"""AWS's shapes whose patterns say little to a reader, in words."""


_RANGE = "write `{min: …, max: …}`, `{int: [least, greatest]}`, or a list of values"
_NEWER = "correct it; if it is newer than this trainspec, add `# trainspec: ignore[TS402] reason` to the line"


def check_requests(
    requests: Map[str, Request], root: Mapping, samples: Map[str, Several[Sample]], invalid: Collection[Path]
) -> Iterator[Diagnostic]:
    """Everything that SageMaker's API would reject in the requests of the jobs of the composed document `root`.

    `samples` are the runs of each job's task that its templates are rendered for. What is wrong at the paths `invalid`
    has been reported.
    """
    for name, request in requests.items():
        job: Path = ("jobs", name)
        for refused in request.faults:
            yield placed(replace(refused, path=(*job, *refused.path)), root)
        for fault in check(request.members, samples[name], request.operation):
            if not _is_reported(fault, request, job, invalid):
                yield diagnose(fault, request, root, job)


def _is_reported(fault: MemberFault, request: Request, job: Path, invalid: Collection[Path]) -> bool:
    """Whether the language's schema has already reported what is wrong at this member's field."""
    constraint = getattr(fault.what, "constraint", "")
    where = (*job, *request.origin(fault.member))
    if isinstance(fault.what, Violation) and constraint == "required":
        if (*fault.member, fault.what.limit) == (DEFINITION, "AlgorithmSpecification"):
            return True  # a rule says that the image is missing
        if fault.member[:1] == OTHER_DEFINITIONS[:1]:
            return True  # a rule says that there can be but one definition
        known = (*job, *(field_of((*fault.member, fault.what.limit), request.operation) or ()))
        if _is_range(where[len(job) :]):
            has_neither = fault.what.limit == "MaxValue" and (*fault.member, "MinValue") not in request.origins
            if has_neither or any(path[: len(where)] == where for path in invalid):
                return True
        return any(path[: len(job)] == job and path in (known[: len(path)], where[: len(path)]) for path in invalid)
    too_few = constraint.startswith("min_")
    if too_few and fault.member == OTHER_DEFINITIONS[:1]:
        return True
    return any(where[: len(path)] == path or (too_few and path[: len(where)] == where) for path in invalid)


def _is_range(field: Path) -> bool:
    """Whether a field is one of `tuning.ranges`."""
    return len(field) == 3 and field[:2] == ("tuning", "ranges")


def diagnose(fault: MemberFault, request: Request, root: Mapping, job: Path) -> Diagnostic:
    """`fault` of the request of the job at `job` in the composed document `root`, at the field that it came from."""
    what = fault.what
    field = (*job, *request.origin(fault.member))
    name, member = dotted(field), dotted(fault.member)
    if isinstance(what, Problem):
        return placed(Fault(what.code, field, f"`{name}`: {what.message}", what.advice, member=member), root)
    code = CODES[what.constraint]
    if what.constraint == "required":
        at = field if len(field) > len(job) else job
        return _missing(what.limit, fault.member, at, job, root, request.operation)
    is_key = fault.member in request.keys or what.constraint in ("key_pattern", "key_length")
    if is_key:
        message, advice = key_words(what, dotted(field[:-1]), str(field[-1]))
        return placed(Fault(code, field, message, advice, on_key=True, member=member), root)
    message, advice = words(what, name, fault.rendered)
    on_key = code in (codes.API_UNKNOWN, codes.API_COUNT)
    found = placed(Fault(code, field, message, advice, on_key, member=member), root)
    return found._replace(fix=_fix(what, find(root, field[:-1]), field))


def _missing(name: str, member: Path, field: Path, job: Path, root: Mapping, operation: str) -> Diagnostic:
    """The finding for the member `name` that `member` lacks; `field` is what becomes that, or the job."""
    missing = (*member, name)
    known = field_of(missing, operation)
    is_raw = field[len(job) : len(job) + 1] == ("request",)
    path = (*field, name) if is_raw else (*field, known[-1]) if known else field
    message = f"`{dotted(path)}` is missing: SageMaker requires {dotted(missing)}"
    advice = f"add `{dotted(known)}` to the job, or to `defaults`" if known and field == job else None
    advice = _RANGE if _is_range(field[len(job) :]) else advice
    found = placed(Fault(codes.API_REQUIRED, path, message, advice, on_key=True, member=dotted(missing)), root)
    return found._replace(span=key_span(root, field), labels=())


def _fix(what: Violation, above: Node, field: Path) -> Fix | None:
    """What must be at the field `field`, a key or item of `above`, if it is unambiguous."""
    entry = above.entry(str(field[-1])) if isinstance(above, Mapping) else None
    item = above.items[field[-1]] if isinstance(above, Sequence) and isinstance(field[-1], int) else None
    if what.constraint == "unknown":
        node: Node | None = entry.key if entry else None
        meant = what.suggestion if what.suggestion and the_one(what.limit, [what.suggestion]) else None
        if meant and isinstance(above, Mapping) and above.entry(meant):
            return None
    else:
        node = entry.value if entry else item
        meant = None
        if isinstance(what.value, str) and isinstance(node, Scalar) and node.text == what.value:
            if what.constraint == "enum":
                meant = the_one(what.value, [str(each) for each in what.limit])
            elif what.constraint == "pattern" and what.shape == "S3Uri" and what.value.startswith("S3://"):
                meant = "s3://" + what.value.removeprefix("S3://")
    return rewrite_to(node, meant)


def words(what: Violation, name: str, rendered: str | None) -> tuple[str, str | None]:
    """The message and the advice for one violation at the field `name`."""
    limit, value = what.limit, shown(what.value)
    given = f"`{name}` renders to {value}" if rendered is not None else f"`{name}` is {value}"
    form = _FORMS.get(what.shape) or ("a single-line string" if limit == ".*" else None)
    match what.constraint:
        case "pattern":
            if isinstance(what.value, str) and what.value.startswith("S3://"):
                return f"{given}, which is not an S3 URI", "write `s3://` in lower case"
            advice = f"write {form}" if form else f"it must match {limit}"
            if what.shape == "TrainingJobName" and (wrong := re.search("[^a-zA-Z0-9-]", str(what.value))):
                return f"{given}, but SageMaker does not accept `{wrong[0]}` in a name", advice
            if what.shape == "RoleArn" and re.fullmatch(r"[\w+=,.@-]{1,64}", str(what.value)):
                advice += f'; or keep `{what.value}` and add `account: "123456789012"`, the account of the role'
            return f"{given}, which SageMaker does not accept", advice
        case "enum":
            near = did_you_mean(str(what.value), limit)
            listed = f"it is one of {', '.join(limit)}" if len(limit) <= _FEW else None
            return f"{given}, which is not one of SageMaker's values", near or listed
        case "type":
            return f"{given}; SageMaker expects {TYPES.get(str(limit), limit)}", None
        case "max_length" | "min_length":
            bound = "at most" if what.constraint == "max_length" else "at least"
            return f"{given}: {len(what.value)} characters; SageMaker accepts {bound} {limit}", None
        case "minimum" | "maximum":
            bound = "at most" if what.constraint == "maximum" else "at least"
            return f"{given}; SageMaker accepts {bound} {limit}", None
        case "output_only":
            return f"`{name}` appears only in SageMaker's responses", "remove it"
        case "unknown":
            near = f"did you mean `{what.suggestion}`?" if what.suggestion else _NEWER
            return f"SageMaker has no member `{what.limit}` here", near
        case _:
            bound = "at most" if what.constraint.startswith("max") else "at least"
            return f"`{name}` has {len(what.value)} entries; SageMaker accepts {bound} {limit}", None


def key_words(what: Violation, parent: str, key: str) -> tuple[str, str | None]:
    """The message and the advice for a name that SageMaker does not accept: a key of the map at `parent`."""
    if what.constraint in ("key_length", "max_length", "min_length"):
        return f"the name {shown(key)} in `{parent}` has {len(key)} characters; SageMaker accepts {what.limit}", None
    form = _FORMS.get(what.shape)
    return f"{shown(key)} cannot be a name in `{parent}`", f"use {form}" if form else f"it must match {what.limit}"

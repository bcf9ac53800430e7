"""The requests of other tasks: the `config` of the Amazon provider's operators, checked like a job's.

https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from trainspec.diagnostics import codes
from trainspec.request.api.check import Violation
from trainspec.request.check import MemberFault, check
from trainspec.request.findings import CODES, key_words, words
from trainspec.templates import Sample
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

_MODULE: Final = "airflow.providers.amazon.aws.operators.sagemaker."
_OPERATORS: Final[Mapping[str, Mapping[str, str]]] = {
    "SageMakerEndpointConfigOperator": {"": "CreateEndpointConfig"},
    "SageMakerEndpointOperator": {
        "": "CreateEndpoint", "Model": "CreateModel", "EndpointConfig": "CreateEndpointConfig",
        "Endpoint": "CreateEndpoint",
    },
    "SageMakerModelOperator": {"": "CreateModel"},
    "SageMakerDeleteModelOperator": {"": "DeleteModel"},
    "SageMakerProcessingOperator": {"": "CreateProcessingJob"},
    "SageMakerTrainingOperator": {"": "CreateTrainingJob"},
    "SageMakerTransformOperator": {"": "CreateTransformJob", "Model": "CreateModel", "Transform": "CreateTransformJob"},
    "SageMakerTuningOperator": {"": "CreateHyperParameterTuningJob"},
}  # fmt: skip
"""The request that each operator creates from its `config`, and those of its parts, if there are several."""

_OF_THE_OPERATOR: Final = ("S3Operations",)
"""What the operators take out of `config` before it becomes a request."""
_ROLES: Final = ("RoleArn", "ExecutionRoleArn")
"""Members that may be a role's name: the operators look up its ARN."""
_CAST: Final = frozenset((
    "InstanceCount", "InitialInstanceCount", "VolumeSizeInGB", "MaxRuntimeInSeconds", "MaxConcurrentTransforms",
    "MaxPayloadInMB", "MaxNumberOfTrainingJobs", "MaxParallelTrainingJobs",
))  # fmt: skip
"""Members that the operators convert to integers."""


def check_other_requests(data: "SpecData", samples: Mapping[str, Sequence[Sample]]) -> Iterator[Fault]:
    """Everything that SageMaker's API would reject in the `config` of the tasks of the validated `data` of a spec.

    `samples` are the runs of each task that its templates are rendered for.
    """
    for name, task in (data.get("tasks") or {}).items():
        operator = str(task.get("operator"))
        parts = _OPERATORS.get(operator.removeprefix(_MODULE)) if operator.startswith(_MODULE) else None
        given = task.get("arguments") or {}
        config = given.get("config")
        if parts and isinstance(config, Mapping):
            at: Path = ("tasks", name, "arguments", "config")
            updates = given.get("operation") == "update"
            for path, request, operation in _requests(config, at, parts):
                asked = "UpdateEndpoint" if updates and operation == "CreateEndpoint" else operation
                for fault in check(request, samples[name], asked):
                    yield from _placed(fault, path, asked)


def _requests(
    config: Mapping[str, Any], at: Path, parts: Mapping[str, str]
) -> Iterator[tuple[Path, Mapping[str, Any], str]]:
    """The requests in a `config`, each with its place and its operation."""
    within = [part for part in parts if part and isinstance(config.get(part), Mapping)]
    for part in within:
        yield (*at, part), config[part], parts[part]
    if not within:
        yield at, {name: value for name, value in config.items() if name not in _OF_THE_OPERATOR}, parts[""]


def _placed(fault: MemberFault, at: Path, operation: str) -> Iterator[Fault]:
    what = fault.what
    if not isinstance(what, Violation) or _is_taken(what):
        return  # templates are checked with the task's other arguments
    field = (*at, *fault.member)
    member, code = dotted(fault.member), CODES[what.constraint]
    if what.constraint == "required":
        missing = dotted((*fault.member, what.limit))
        message = f"`{dotted((*field, what.limit))}` is missing: {operation} requires {missing}"
        yield Fault(codes.API_REQUIRED, field, message, on_key=True, member=missing)
    elif what.constraint in ("key_pattern", "key_length"):
        message, advice = key_words(what, dotted(field[:-1]), str(field[-1]))
        yield Fault(code, field, message, advice, on_key=True, member=member)
    else:
        message, advice = words(what, dotted(field), fault.rendered)
        if what.constraint == "unknown":
            message = f"{operation} has no member `{what.limit}` here"
        yield Fault(code, field, message, advice, code in (codes.API_UNKNOWN, codes.API_COUNT), member=member)


def _is_taken(what: Violation) -> bool:
    """Whether the operators convert a value into what the API requires."""
    name = str(what.path[-1]) if what.path else ""
    if what.constraint == "pattern" and name in _ROLES:
        return isinstance(what.value, str) and ":" not in what.value
    return what.constraint == "type" and name in _CAST and _is_integer(what.value)


def _is_integer(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit()

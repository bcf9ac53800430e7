"""`${jobs.tune.best.hyperparameters.eta}`: the best training job of a tuning job, and its results.

The task of a tuning job passes them on as an XCom, so they are replaced by an Airflow template.
"""

from typing import Final

from trainspec.compose.best import Wrong
from trainspec.diagnostics import codes, did_you_mean
from trainspec.text.tree import Mapping, Node, Scalar, Sequence

BEST: Final = "best"
ATTRIBUTES: Final = ("model", "name", "arn", "metric", "objective")
"""What the best training job has; its hyperparameters come by their names."""
_HYPERPARAMETERS: Final = "hyperparameters"
_RANGES: Final = ("HyperParameterTuningJobConfig", "ParameterRanges")
_RAW: Final = (
    ("TrainingJobDefinition", "StaticHyperParameters"),
    (*_RANGES, "ContinuousParameterRanges"),
    (*_RANGES, "IntegerParameterRanges"),
    (*_RANGES, "CategoricalParameterRanges"),
    (*_RANGES, "AutoParameters"),
)
"""Where raw members may have hyperparameters: a map, or lists of ranges."""
_ALL_OF_IT: Final = "`.best.model`, `.best.name`, `.best.arn`, `.best.objective` and `.best.hyperparameters.NAME`"


def is_tuned(fields: Node | None) -> bool:
    """Whether a job is a tuning job."""
    return isinstance(fields, Mapping) and fields.get("tuning") is not None


def objective(fields: Node | None) -> str | None:
    """The objective metric of a tuning job; None if it is not a tuning job, or sets none."""
    tuning = fields.get("tuning") if isinstance(fields, Mapping) else None
    found = tuning.get("objective") if isinstance(tuning, Mapping) else None
    metric = found.get("metric") if isinstance(found, Mapping) else None
    return metric.text if isinstance(metric, Scalar) else None


def asks_for_best(attribute: str) -> bool:
    """Whether an attribute of a job is about its best training job."""
    return attribute.partition(".")[0] == BEST


def best_names(attribute: str, fields: Node, job: str) -> list[str] | Wrong:
    """The keys that lead to what `best...` names in the map `best`; the names of all hyperparameters for these.

    `fields` are those of the job `job`.
    """
    if not is_tuned(fields):
        message = f"`{job}` is a single training job: only a job with `tuning` has a best training job"
        return Wrong(codes.UNKNOWN_VARIABLE, message, "refer to the job directly: `.model`, `.name`, `.metrics.NAME`")
    _, _, wanted = attribute.partition(".")
    kind, _, name = wanted.partition(".")
    if kind == _HYPERPARAMETERS:
        known = hyperparameters(fields)
        if name and known and name not in known:
            has = f"it has {', '.join(f'`{each}`' for each in known)}"
            near = did_you_mean(name, known) or f"{has}: add it to `tuning.ranges` or to `hyperparameters`"
            return Wrong(codes.UNKNOWN_VARIABLE, f"the tuning job `{job}` has no hyperparameter `{name}`", near)
        if name or known:
            return [name] if name else known or []
        message = f"the names of the hyperparameters of `{job}` are not known when the spec is compiled"
        return Wrong(codes.BAD_SUBSTITUTION, message, "name one: `.best.hyperparameters.NAME`")
    if wanted not in ATTRIBUTES:
        if kind == "metrics":
            message = f"the metrics of `{job}` are already those of its best training job"
            return Wrong(codes.UNKNOWN_VARIABLE, message, f"write `${{jobs.{job}.metrics.{name or 'NAME'}}}`")
        meant = did_you_mean(kind, (*ATTRIBUTES, _HYPERPARAMETERS)) if kind else None
        message = f"the best training job of `{job}` does not have `.{wanted}`"
        message = message if wanted else "`best` needs an attribute"
        return Wrong(codes.UNKNOWN_VARIABLE, message, meant or f"available attributes: {_ALL_OF_IT}")
    return [wanted]


def hyperparameters(fields: Node) -> list[str] | None:
    """The names of all hyperparameters of a tuning job, in order; None if they are not known."""
    tuning = fields.get("tuning") if isinstance(fields, Mapping) else None
    if not isinstance(fields, Mapping) or not isinstance(tuning, Mapping) or tuning.get("autotune") is not None:
        return None  # with Autotune, SageMaker chooses which are tuned
    raw = fields.get("request")
    nodes = [fields.get(_HYPERPARAMETERS), tuning.get("ranges"), *(_below(raw, path) for path in _RAW)]
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Mapping):
            found += node.keys()
        elif isinstance(node, Sequence):
            names = [each.get(key) for each in node.items if isinstance(each, Mapping) for key in ("name", "Name")]
            found += [name.text for name in names if isinstance(name, Scalar)]
            if not all(isinstance(each, Mapping) for each in node.items):
                return None
        elif node is not None:
            return None
    return list(dict.fromkeys(found))


def _below(node: Node | None, path: tuple[str, ...]) -> Node | None:
    """The raw members at `path`; a scalar if something else is in the way."""
    for step in path:
        if not isinstance(node, Mapping):
            return node
        node = node.get(step)
    return node

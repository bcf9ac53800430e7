"""`${jobs.tune.best.hyperparameters.eta}`: what the best training job of a tuning job was, and made.

The task of a tuning job hands it on, so a template of Airflow that asks for it stands in its place.
"""

from typing import Final

from trainspec.compose.best import Wrong
from trainspec.diagnostics import codes, did_you_mean
from trainspec.text.tree import Mapping, Node, Scalar, Sequence

BEST: Final = "best"
ATTRIBUTES: Final = ("model", "name", "arn", "metric", "objective")
"""What the best training job has; its hyperparameters come by their names."""
_HYPERPARAMETERS: Final = "hyperparameters"
_ALL_OF_IT: Final = "`.best.model`, `.best.name`, `.best.arn`, `.best.objective` and `.best.hyperparameters.NAME`"


def is_tuned(fields: Node | None) -> bool:
    """Whether a job is a tuning job."""
    return isinstance(fields, Mapping) and isinstance(fields.get("tuning"), Mapping)


def asks_for_best(attribute: str) -> bool:
    """Whether an attribute of a job is about its best training job."""
    return attribute.partition(".")[0] == BEST


def best_names(attribute: str, fields: Node, job: str) -> list[str] | Wrong:
    """The keys that lead to what `best...` names in the map `best`; the names of all hyperparameters for these.

    `fields` are those of the job `job`.
    """
    if not is_tuned(fields):
        message = f"`{job}` is one training job: only a job with `tuning` has a best one"
        return Wrong(codes.UNKNOWN_VARIABLE, message, "name it as it is: `.model`, `.name`, `.metrics.NAME`")
    _, _, wanted = attribute.partition(".")
    kind, _, name = wanted.partition(".")
    if kind == _HYPERPARAMETERS:
        known = hyperparameters(fields)
        if name and known is not None and name not in known:
            near = did_you_mean(name, known) or f"there are {', '.join(f'`{each}`' for each in known)}"
            return Wrong(codes.UNKNOWN_VARIABLE, f"the tuning job `{job}` has no hyperparameter `{name}`", near)
        if name or known:
            return [name] if name else known or []
        message = f"the names of the hyperparameters of `{job}` are not known when the spec is compiled"
        return Wrong(codes.BAD_SUBSTITUTION, message, "name one: `.best.hyperparameters.NAME`")
    if wanted not in ATTRIBUTES:
        meant = did_you_mean(kind, (*ATTRIBUTES, _HYPERPARAMETERS)) if kind else None
        message = f"the best training job of `{job}` does not have `.{wanted}`"
        message = message if wanted else "`best` needs an attribute"
        return Wrong(codes.UNKNOWN_VARIABLE, message, meant or f"there are {_ALL_OF_IT}")
    return [wanted]


def hyperparameters(fields: Node) -> list[str] | None:
    """The names of all hyperparameters of a tuning job, in order; None where they are not known."""
    tuning = fields.get("tuning") if isinstance(fields, Mapping) else None
    if not isinstance(fields, Mapping) or not isinstance(tuning, Mapping) or fields.get("request") is not None:
        return None
    found: list[str] = []
    for node in (fields.get(_HYPERPARAMETERS), tuning.get("ranges")):
        if isinstance(node, Mapping):
            found += node.keys()
        elif isinstance(node, Sequence):
            names = [each.get("name") for each in node.items if isinstance(each, Mapping)]
            found += [name.text for name in names if isinstance(name, Scalar)]
        elif node is not None:
            return None
    return list(dict.fromkeys(found))

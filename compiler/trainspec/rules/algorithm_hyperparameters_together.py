"""Hyperparameters of a built-in algorithm that cannot be combined.

Some hyperparameters are required by the value of another (`num_class` by `objective: multi:softmax`), some exclude
each other, and some are limits for each other. The container checks this before it reads any data.

https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import BuiltIn, are_known, built_in, hyperparameter, is_set
from trainspec.rules.support.view import Found, JobView

if TYPE_CHECKING:
    from trainspec.request.algorithms.model import Condition

CODE = Code("TS803", "hyperparameters of a built-in algorithm that cannot be combined", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100, objective: "multi:softmax"}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100, objective: "multi:softmax", num_class: 8}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Go through the conditions of the algorithm's table."""
    found = built_in(job) if are_known(job) else None
    for condition in found.algorithm.conditions if found else ():
        if found and applies(job, condition):
            yield from _breaches(job, found, condition)


def applies(job: JobView, condition: Condition) -> bool:
    """Whether the hyperparameters are what a condition is about."""
    for name, words in condition.when.items():
        if not is_set(job, name):
            return False
        values = {each.strip() for each in (hyperparameter(job, name) or "").split(",")}
        if words and not values & set(words):
            return False
    return True


def _breaches(job: JobView, found: BuiltIn, condition: Condition) -> Iterator[Found]:
    from trainspec.request.algorithms.values import problem_of

    because = f"the container would fail: {condition.because}"
    cause = " and ".join(f"`{name}: {hyperparameter(job, name)}`" for name in condition.when)
    for name in condition.needs:
        if not is_set(job, name):
            first = next(iter(condition.when))
            message = (
                f"`{first}: {hyperparameter(job, first)}` of {found.name} needs `{name}`, but the job does not set it"
            )
            yield Found(
                job.origin("HyperParameters", first), message, f"add `{name}`; {because}", fails_with=condition.because
            )
    for name, (kind, starts, default) in condition.must.items():
        value = hyperparameter(job, name) if is_set(job, name) else default
        fits = value is None or (value.startswith(starts) if starts else problem_of(kind, value) is None)
        if not fits:
            where = name if is_set(job, name) else next(iter(condition.when))
            shown = f"`{name}: {value}`" if is_set(job, name) else f"`{name}`, which is `{value}` by default,"
            others = cause if name not in condition.when or len(condition.when) > 1 else found.name
            message = f"{shown} cannot be used with {others}"
            yield Found(job.origin("HyperParameters", where), message, because, fails_with=condition.because)
    numbers = [_number(job, name, condition.default) for name in condition.total]
    known = [each for each in numbers if each is not None]
    if known and len(known) == len(numbers):
        is_low = condition.min is not None and sum(known) < condition.min
        if is_low or (condition.max is not None and sum(known) > condition.max):
            names = " and ".join(f"`{name}`" for name in condition.total)
            where = next((name for name in condition.total if is_set(job, name)), condition.total[0])
            yield Found(
                job.origin("HyperParameters", where),
                f"the sum of {names} is {sum(known):g}",
                because,
                fails_with=condition.because,
            )
    for pair, is_strict in ((condition.at_most, False), (condition.less, True)):
        if pair is None:
            continue
        smaller, larger = _number(job, pair[0], condition.default), _number(job, pair[1], None)
        if _is_wrong(job, found, pair[1]):
            continue
        if smaller is not None and larger is not None and (smaller > larger or (is_strict and smaller == larger)):
            bound = "smaller" if is_strict else "no larger"
            message = f"`{pair[0]}` is {smaller:g} and `{pair[1]}` is {larger:g}: `{pair[0]}` must be {bound}"
            where = pair[0] if is_set(job, pair[0]) else pair[1]
            yield Found(job.origin("HyperParameters", where), message, because, fails_with=condition.because)


def _is_wrong(job: JobView, found: BuiltIn, name: str) -> bool:
    """Whether a hyperparameter is wrong on its own: that is already reported."""
    from trainspec.request.algorithms.values import problem_of

    value = hyperparameter(job, name)
    return value is not None and problem_of(found.algorithm.hyperparameters[name], value) is not None


def _number(job: JobView, name: str, default: str | None) -> float | None:
    """The number of a hyperparameter, or its default where it is not set; of several (`3,224,224`), the largest."""
    value = hyperparameter(job, name) if is_set(job, name) else default
    try:
        return max(map(float, (value or "").strip("'\"").split(",")))
    except ValueError:
        return None

"""The operations that the endpoint knows, one row for each: parameters in, response out, ApiError for an error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from trainspec.simulator import logs
from trainspec.simulator.errors import ApiError
from trainspec.simulator.jobs import Account, arn, describe
from trainspec.simulator.listing import TUNINGS, Listing, list_jobs
from trainspec.simulator.refusals import refuse, refuse_tuning
from trainspec.simulator.tuning import describe_tuning, summarize_trial
from trainspec.simulator.validation import checked_request, complaint, validation_failure

Params: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation takes (parameter → Python type, those with `!` required), and the function that answers.

    `takes` None leaves all of the validation to the function.
    """

    answer: Callable[[Account, str, Params], Answer]
    takes: Mapping[str, str] | None = None


def _create(account: Account, region: str, params: Params) -> Answer:
    request = checked_request(params)
    refuse(request)
    return {"TrainingJobArn": account.create(region, request).arn}


def _describe(account: Account, region: str, params: Params) -> Answer:
    return describe(account.get(region, params["TrainingJobName"]), account.clock.now())


def _stop(account: Account, region: str, params: Params) -> Answer:
    account.stop(region, params["TrainingJobName"])
    return {}


def _list(account: Account, region: str, params: Params) -> Answer:
    visible = [job for job in account.jobs(region) if not account.hidden(job.created)]
    return list_jobs(visible, params, account.clock.now())


def _create_tuning(account: Account, region: str, params: Params) -> Answer:
    request = checked_request(params, "CreateHyperParameterTuningJob")
    refuse_tuning(request)
    return {"HyperParameterTuningJobArn": account.tuning.create(region, request).arn}


def _describe_tuning(account: Account, region: str, params: Params) -> Answer:
    return describe_tuning(account.tuning.get(region, params["HyperParameterTuningJobName"]), account.clock.now())


def _stop_tuning(account: Account, region: str, params: Params) -> Answer:
    account.tuning.stop(region, params["HyperParameterTuningJobName"])
    return {}


def _list_tunings(account: Account, region: str, params: Params) -> Answer:
    visible = [job for job in account.tuning.jobs(region) if not account.hidden(job.created)]
    return list_jobs(visible, params, account.clock.now(), TUNINGS)


def _list_trials(account: Account, region: str, params: Params) -> Answer:
    now = account.clock.now()
    job = account.tuning.get(region, params["HyperParameterTuningJobName"])
    trials = Listing(
        "TrainingJobSummaries",
        "TrainingJobName",
        "TrainingJobStatus",
        lambda training, moment: summarize_trial(job, training, moment),
    )
    asked = {name: value for name, value in params.items() if name != "HyperParameterTuningJobName"}
    if asked.get("SortBy") == "FinalObjectiveMetricValue":
        asked["SortBy"] = "CreationTime"
        return _by_objective(list_jobs(job.trainings(now), {**asked, "MaxResults": 100}, now, trials), params)
    return list_jobs(job.trainings(now), asked, now, trials)


def _by_objective(answer: Answer, params: Params) -> Answer:
    def value(summary: Answer) -> float:
        final = summary.get("FinalHyperParameterTuningJobObjectiveMetric") or {}
        return float(final.get("Value", "-inf"))

    ordered = sorted(answer["TrainingJobSummaries"], key=value, reverse=params.get("SortOrder") == "Descending")
    return {"TrainingJobSummaries": ordered[: params.get("MaxResults", 10)]}


def _add_tags(account: Account, region: str, params: Params) -> Answer:
    # Tags have the same shape as in a request, so the request's check serves.
    checked = checked_request({**_ANY_REQUEST, "Tags": params["Tags"]})
    return {"Tags": _tag_list(account.add_tags(params["ResourceArn"], {t["Key"]: t["Value"] for t in checked["Tags"]}))}


def _list_tags(account: Account, region: str, params: Params) -> Answer:
    return {"Tags": _tag_list(account.by_arn(params["ResourceArn"]).tags)}


def _create_group(account: Account, region: str, params: Params) -> Answer:
    group_arn = arn(region, f"model-package-group/{params['ModelPackageGroupName']}")
    account.registry.create_group(region, params["ModelPackageGroupName"], group_arn)
    return {"ModelPackageGroupArn": group_arn}


def _create_package(account: Account, region: str, params: Params) -> Answer:
    return {"ModelPackageArn": account.registry.create_package(region, params, arn(region, "model-package"))}


def _list_packages(account: Account, region: str, params: Params) -> Answer:
    packages = account.registry.packages(region, params["ModelPackageGroupName"])
    return {"ModelPackageSummaryList": [{key: each[key] for key in _PACKAGE if key in each} for each in packages]}


_PACKAGE = (
    "ModelPackageArn", "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageDescription", "ModelPackageStatus",
    "ModelApprovalStatus", "CreationTime",
)  # fmt: skip


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


_ANY_REQUEST = {
    "TrainingJobName": "any",
    "RoleArn": "arn:aws:iam::123456789012:role/any",
    "OutputDataConfig": {"S3OutputPath": "s3://any"},
}
_NAME = {"TrainingJobName!": "string"}
_TUNING_NAME = {"HyperParameterTuningJobName!": "string"}
_FILTERS = {
    "NextToken": "string",
    "MaxResults": "integer",
    "CreationTimeAfter": "timestamp",
    "CreationTimeBefore": "timestamp",
    "LastModifiedTimeAfter": "timestamp",
    "LastModifiedTimeBefore": "timestamp",
    "NameContains": "string",
    "StatusEquals": "string",
    "SortBy": "string",
    "SortOrder": "string",
}

# X-Amz-Target → operation
OPERATIONS: dict[str, Operation] = {
    "SageMaker.CreateTrainingJob": Operation(_create),
    "SageMaker.DescribeTrainingJob": Operation(_describe, _NAME),
    "SageMaker.StopTrainingJob": Operation(_stop, _NAME),
    "SageMaker.ListTrainingJobs": Operation(_list, _FILTERS),
    "SageMaker.CreateHyperParameterTuningJob": Operation(_create_tuning),
    "SageMaker.DescribeHyperParameterTuningJob": Operation(_describe_tuning, _TUNING_NAME),
    "SageMaker.StopHyperParameterTuningJob": Operation(_stop_tuning, _TUNING_NAME),
    "SageMaker.ListHyperParameterTuningJobs": Operation(_list_tunings, _FILTERS),
    "SageMaker.ListTrainingJobsForHyperParameterTuningJob": Operation(
        _list_trials,
        {
            **_TUNING_NAME,
            "NextToken": "string",
            "MaxResults": "integer",
            "StatusEquals": "string",
            "SortBy": "string",
            "SortOrder": "string",
        },
    ),
    "SageMaker.AddTags": Operation(_add_tags, {"ResourceArn!": "string", "Tags!": "list"}),
    "SageMaker.ListTags": Operation(
        _list_tags, {"ResourceArn!": "string", "NextToken": "string", "MaxResults": "integer"}
    ),
    "SageMaker.CreateModelPackageGroup": Operation(
        _create_group, {"ModelPackageGroupName!": "string", "ModelPackageGroupDescription": "string", "Tags": "list"}
    ),
    "SageMaker.CreateModelPackage": Operation(
        _create_package,
        {
            "ModelPackageGroupName!": "string",
            "ModelPackageDescription": "string",
            "InferenceSpecification": "map",
            "ModelApprovalStatus": "string",
            "ModelMetrics": "map",
            "ClientToken": "string",
            "CustomerMetadataProperties": "map",
            "Tags": "list",
        },
    ),
    "SageMaker.ListModelPackages": Operation(_list_packages, {"ModelPackageGroupName!": "string"}),
    "Logs_20140328.DescribeLogStreams": Operation(
        logs.describe_log_streams,
        {
            "logGroupName": "string",
            "logGroupIdentifier": "string",
            "logStreamNamePrefix": "string",
            "orderBy": "string",
            "descending": "boolean",
            "nextToken": "string",
            "limit": "integer",
        },
    ),
    "Logs_20140328.GetLogEvents": Operation(
        logs.get_log_events,
        {
            "logGroupName": "string",
            "logGroupIdentifier": "string",
            "logStreamName!": "string",
            "startTime": "integer",
            "endTime": "integer",
            "nextToken": "string",
            "limit": "integer",
            "startFromHead": "boolean",
            "unmask": "boolean",
        },
    ),
}

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "timestamp": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "map": (dict,),
}


def answer(operation: Operation, account: Account, region: str, params: Params) -> Answer:
    """Check `params` as far as the table says, and run `operation`. Raises ApiError for a refusal."""
    if operation.takes is not None:
        params = {name: value for name, value in params.items() if value is not None}
        _check(params, operation.takes)
    return operation.answer(account, region, params)


def _check(params: Params, takes: Mapping[str, str]) -> None:
    types = {name.rstrip("!"): kind for name, kind in takes.items()}
    for name, value in params.items():
        if name not in types:
            raise ApiError("SerializationException", f"Unknown parameter {name!r}")
        if not isinstance(value, _TYPES[types[name]]) or (isinstance(value, bool) and types[name] != "boolean"):
            raise ApiError("SerializationException", f"{name} can not be converted to a {types[name]}")
    missing = [name.rstrip("!") for name in takes if name.endswith("!") and name.rstrip("!") not in params]
    if missing:
        raise validation_failure([complaint(None, name[0].lower() + name[1:], "required") for name in missing])

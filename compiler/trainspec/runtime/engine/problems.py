"""What can go wrong with a training job, as plain data.

The engine raises one exception, `TrainingProblem`. Its kind tells callers what to do; the operator turns it into
Airflow's exceptions, and callers without Airflow handle it themselves.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any


class Kind(Enum):
    """What to do about a problem."""

    FATAL = "fatal"
    """Fail and do not retry: another try would end the same way."""
    RETRY = "retry"
    """Fail; another try may succeed."""
    SKIP = "skip"
    """The author chose to skip the task in this case."""
    LEFT_OVER = "left over"
    """Airflow has replaced this try: it should no longer create, stop or report anything."""


class TrainingProblem(Exception):  # noqa: N818 - a problem may also be a skip
    """A training job could not be started, or did not succeed."""

    def __init__(self, kind: Kind, text: str, *, unanswered: bool = False) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.unanswered = unanswered
        """Whether AWS did not respond, at least to an earlier attempt, so that the call may have taken effect."""


class Fault(Enum):
    """What an exception from a boto client means for the call that raised it."""

    TAKEN = "taken"
    MISSING = "missing"
    ENDED = "ended"
    TRANSIENT = "transient"
    QUOTA = "quota"
    FINAL = "final"
    CREDENTIALS = "credentials"
    RENEWAL = "renewal"


# Error codes of SageMaker and AWS's common errors.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html
_CODES = {
    "ResourceInUse": Fault.TAKEN,
    "ResourceInUseException": Fault.TAKEN,
    "ResourceNotFound": Fault.MISSING,
    "ResourceNotFoundException": Fault.MISSING,
    "ResourceLimitExceeded": Fault.QUOTA,
    "ExpiredToken": Fault.CREDENTIALS,
    "ExpiredTokenException": Fault.CREDENTIALS,
    "RequestExpired": Fault.CREDENTIALS,
    "InternalFailure": Fault.TRANSIENT,
    "InternalServerError": Fault.TRANSIENT,
    "InternalServerException": Fault.TRANSIENT,
    "PriorRequestNotComplete": Fault.TRANSIENT,
    "RequestLimitExceeded": Fault.TRANSIENT,
    "RequestThrottled": Fault.TRANSIENT,
    "RequestThrottledException": Fault.TRANSIENT,
    "RequestTimeout": Fault.TRANSIENT,
    "RequestTimeoutException": Fault.TRANSIENT,
    "ServiceUnavailable": Fault.TRANSIENT,
    "ServiceUnavailableException": Fault.TRANSIENT,
    "SlowDown": Fault.TRANSIENT,
    "Throttling": Fault.TRANSIENT,
    "ThrottlingException": Fault.TRANSIENT,
    "ThrottledException": Fault.TRANSIENT,
    "TooManyRequestsException": Fault.TRANSIENT,
}

# SageMaker returns these as ValidationException, as many other errors.
_MESSAGES = {
    "Requested resource not found": Fault.MISSING,
    "job is in status": Fault.ENDED,
}


def classify(error: Exception) -> Fault | None:
    """Return what `error` means, or None if it is not an error of a boto call (a bug, not a network fault)."""
    if isinstance(response := getattr(error, "response", None), Mapping):
        return _answered(response)
    from botocore import exceptions as boto
    from botocore.parsers import ResponseParserError

    if isinstance(error, (boto.CredentialRetrievalError, boto.TokenRetrievalError)):
        return Fault.RENEWAL
    if isinstance(error, boto.NoCredentialsError):
        return Fault.CREDENTIALS
    if isinstance(error, (boto.HTTPClientError, boto.ConnectionError, boto.IncompleteReadError, ResponseParserError)):
        return Fault.TRANSIENT
    return Fault.FINAL if isinstance(error, boto.BotoCoreError) else None


def _answered(response: Mapping[str, Any]) -> Fault:
    """The meaning of an error response, which is the `response` of a botocore ClientError."""
    details = response.get("Error", {})
    for words, fault in _MESSAGES.items():
        if words in details.get("Message", ""):
            return fault
    code = details.get("Code", "")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    passing = status in (408, 429) or status >= 500 or code == "400"  # 400: a truncated error response
    return _CODES.get(code, Fault.TRANSIENT if passing else Fault.FINAL)


def redacted(text: str, request: Mapping[str, Any]) -> str:
    """`text` without the values of the request that users choose freely, which AWS's messages often quote.

    Values of up to three characters stay: they are not secrets, and they are part of many words.
    """
    from trainspec.safety.masking import conceal_all, without  # only needed after an error

    return conceal_all(without(text, frozenset(_values(request))))


def definitions_of(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The definitions of training jobs in a tuning request: one or several."""
    several = request.get("TrainingJobDefinitions")
    found = (request.get("TrainingJobDefinition"), *(several if isinstance(several, (list, tuple)) else ()))
    yield from (each for each in found if isinstance(each, Mapping))


def _values(request: Mapping[str, Any]) -> Iterator[str]:
    for definition in definitions_of(request):
        yield from _values(definition)
    for member in ("Environment", "HyperParameters", "StaticHyperParameters"):
        values = request.get(member)
        if isinstance(values, Mapping):
            yield from map(str, values.values())
    algorithm = request.get("AlgorithmSpecification")
    arguments = algorithm.get("ContainerArguments") if isinstance(algorithm, Mapping) else None
    yield from (str(each) for each in arguments or () if not str(each).startswith("--") or "=" in str(each))
    for tag in request.get("Tags") or ():
        if isinstance(tag, Mapping):
            yield str(tag.get("Value", ""))

"""Clients of a simulated account without a socket, and without boto3: the operations are called as they are."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, Final

from trainspec.simulator.errors import ApiError
from trainspec.simulator.jobs import Account
from trainspec.simulator.operations import OPERATIONS, answer

SAGEMAKER: Final = "SageMaker"
LOGS: Final = "Logs_20140328"
_TIMES: Final = ("Time", "Timestamp")


class ServiceError(Exception):
    """A refusal, in the form of botocore's ClientError: `response` has the code, the message and the HTTP status."""

    def __init__(self, operation: str, error: ApiError) -> None:
        super().__init__(f"An error occurred ({error.type}) when calling the {operation} operation: {error.message}")
        self.response = {
            "Error": {"Code": error.type, "Message": error.message},
            "ResponseMetadata": {"HTTPStatusCode": error.status},
        }


class InProcess:
    """A client of one service in one region: `describe_training_job(TrainingJobName=...)` and the like, as in boto."""

    def __init__(self, account: Account, service: str, region: str) -> None:
        self._account = account
        self._service = service
        self._region = region

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = "".join(word.capitalize() for word in method.split("_"))
        known = OPERATIONS.get(f"{self._service}.{operation}")
        if known is None:
            raise AttributeError(f"the simulated {self._service} has no operation {operation}")

        def call(**params: Any) -> Any:
            try:
                answered = answer(known, self._account, self._region, params)
            except ApiError as error:
                raise ServiceError(operation, error) from None
            return _with_times(answered) if self._service == SAGEMAKER else answered

        return call


def _with_times(value: Any, name: str = "") -> Any:
    """The answer as boto gives it: moments are datetimes."""
    if isinstance(value, dict):
        return {key: _with_times(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_times(each) for each in value]
    if isinstance(value, (int, float)) and name.endswith(_TIMES) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, timezone.utc)
    return value

"""The API's errors."""

from dataclasses import dataclass


@dataclass(eq=False)
class ApiError(Exception):
    """An error answer: AWS's name of it, its message and its HTTP status."""

    type: str
    message: str
    status: int = 400


def validation_error(message: str) -> ApiError:
    """Make the error that SageMaker answers most mistakes with."""
    return ApiError("ValidationException", message)


def not_found() -> ApiError:
    """Create the error for a job that does not exist: not ResourceNotFound, whatever the API's pages say."""
    return validation_error("Requested resource not found.")

"""Calls to an AWS account: each one once, in parallel, and read-only."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from trainspec.project.project import UsageError

PERMISSIONS: Mapping[tuple[str, str], str] = {
    ("sts", "get_caller_identity"): "sts:GetCallerIdentity",
    ("iam", "get_role"): "iam:GetRole",
    ("iam", "simulate_principal_policy"): "iam:SimulatePrincipalPolicy",
    ("ecr", "describe_images"): "ecr:DescribeImages",
    ("s3", "head_bucket"): "s3:ListBucket",
    ("s3", "list_objects_v2"): "s3:ListBucket",
    ("s3", "head_object"): "s3:GetObject",
    ("ec2", "describe_subnets"): "ec2:DescribeSubnets",
    ("ec2", "describe_security_groups"): "ec2:DescribeSecurityGroups",
    ("ec2", "describe_instance_type_offerings"): "ec2:DescribeInstanceTypeOfferings",
    ("kms", "describe_key"): "kms:DescribeKey",
    ("service-quotas", "list_service_quotas"): "servicequotas:ListServiceQuotas",
    ("sagemaker", "describe_training_plan"): "sagemaker:DescribeTrainingPlan",
}
"""All calls that are made, and the permission that each needs.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

_DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "403", "Forbidden")
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """AWS's response: `data`, or the `error`'s code and its `text`; `region` is that of the header of a bucket."""

    data: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    text: str = ""
    region: str | None = None

    @property
    def is_denied(self) -> bool:
        """Whether the caller lacks the permission."""
        return self.error in _DENIED


class Account:
    """The account that the user's configuration names. May be used from several threads."""

    def __init__(self, profile: str | None, region: str | None, endpoint_url: str | None, patience: float) -> None:
        try:
            import boto3
            from botocore.exceptions import BotoCoreError
        except ImportError:
            raise UsageError('preflight needs boto3: pip install "trainspec[aws]"') from None
        self._endpoint_url, self._patience = endpoint_url, patience
        self._lock = Lock()
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._asked: dict[Any, Future[Answer]] = {}
        try:
            self._session: Any = boto3.Session(profile_name=profile, region_name=region)
            self._client("sts", self.home)  # this rejects what is not an endpoint
        except (BotoCoreError, ValueError) as error:
            raise UsageError(f"boto3 reports: {error}") from None

    @property
    def region(self) -> str | None:
        """The region of the user's options or configuration."""
        region: str | None = self._session.region_name
        return region

    @property
    def home(self) -> str:
        """The region for the call about the caller's identity, which every region can answer."""
        return self.region or "us-east-1"

    @property
    def calls(self) -> int:
        """How many different calls were made."""
        return len(self._asked)

    def ask(self, service: str, operation: str, region: str | None, **parameters: Any) -> Answer:
        """The response to one read-only call; the same call is made only once."""
        key = (service, operation, region, repr(sorted(parameters.items())))
        with self._lock:
            known = self._asked.get(key)
            if known is None:
                future = self._asked[key] = Future()
        if known is not None:
            return known.result()
        answer = Answer(error="Unknown", text="no answer")
        try:
            answer = self._call(service, operation, region, parameters)
        finally:
            future.set_result(answer)
        return answer

    def _call(self, service: str, operation: str, region: str | None, parameters: Mapping[str, Any]) -> Answer:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        assert (service, operation) in PERMISSIONS  # noqa: S101  # nothing else is ever called
        try:
            data = getattr(self._client(service, region), operation)(**parameters)
        except ClientError as error:
            said: Any = error.response
            headers = said.get("ResponseMetadata", {}).get("HTTPHeaders", {})
            about = said.get("Error", {})
            return Answer({}, str(about.get("Code")), str(about.get("Message")), headers.get("x-amz-bucket-region"))
        except (BotoCoreError, ResponseParserError, ValueError) as error:
            return Answer({}, type(error).__name__, str(error))
        headers = data.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return Answer(data, region=headers.get("x-amz-bucket-region"))

    def _client(self, service: str, region: str | None) -> Any:
        from botocore.config import Config

        with self._lock:
            known = self._clients.get((service, region))
            if known is None:
                wait = max(min(self._patience / 2, 10.0), 1.0)
                config: Any = Config(
                    connect_timeout=wait,
                    read_timeout=wait,
                    retries={"total_max_attempts": 2, "mode": "standard"},
                    max_pool_connections=_CONNECTIONS,
                )
                known = self._session.client(
                    service, region_name=region, endpoint_url=self._endpoint_url, config=config
                )
                self._clients[(service, region)] = known
            return known

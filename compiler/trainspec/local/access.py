"""boto clients from the user's own AWS configuration, or clients of a simulated account, from nothing at all.

As in Airflow, botocore does not retry: the engine does, longer and in the log.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from trainspec.project.project import UsageError
from trainspec.runtime.engine.boto_logs import mute_bodies

if TYPE_CHECKING:
    from trainspec.simulator.jobs import Account

SIMULATED_REGION: Final = "us-east-1"
_MOST_CONNECTIONS: Final = 32
_QUICK: Final = {"connect_timeout": 2.0, "read_timeout": 5.0}
_OF_THE_LOG: Final = {"connect_timeout": 5.0, "read_timeout": 10.0}


@dataclass(frozen=True, slots=True)
class Access:
    """How AWS is reached. With an `account`, which is simulated, neither boto3 nor anything of the user's is read."""

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    account: "Account | None" = None
    end: Callable[[], None] | None = None
    """Ends what is still running on this machine, if jobs run here."""

    @property
    def simulated(self) -> bool:
        """Whether nothing is sent to AWS."""
        return self.account is not None


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of one region; safe to share between threads. `quick` is for who is in a hurry to stop a job."""

    region: str
    sagemaker: Any
    quick: Any
    logs: Any
    in_console: bool = True
    """Whether the pages of the AWS console show its jobs."""
    runs_here: bool = False
    """Whether its jobs are processes of this machine."""


def clients_of(regions: Iterable[str | None], access: Access) -> dict[str | None, Clients]:
    """The clients of each region; None is the one that the user's options or configuration name.

    Raises UsageError if boto3, a region or credentials are missing, or boto does not take an option.
    """
    if access.account is not None:
        return {region: _in_process(region or access.region or SIMULATED_REGION, access.account) for region in regions}
    try:
        import boto3
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise UsageError(
            'this needs boto3: `pip install "boto3>=1.40"`, or trainspec with its extra `aws`; '
            "`run` does not need it with --simulate or --local"
        ) from None
    mute_bodies()
    try:
        session = boto3.Session(profile_name=access.profile, region_name=access.region)
        found = {region: _clients(session, region, access) for region in regions}
        if session.get_credentials() is None:
            raise UsageError(
                "no AWS credentials; configure them as for the AWS CLI (environment, profile, SSO), or run "
                "without an account, with --simulate"
            )
    except (BotoCoreError, ValueError) as error:
        if type(error).__name__ == "NoRegionError":
            raise UsageError(
                "no region given: set --region, or `region` in the spec or in your AWS configuration"
            ) from None
        raise UsageError(f"boto3 reports: {error}") from None
    return found


def _in_process(region: str, account: "Account") -> Clients:
    from trainspec.local.in_process import LOGS, SAGEMAKER, InProcess

    sagemaker = InProcess(account, SAGEMAKER, region)
    return Clients(region, sagemaker, sagemaker, InProcess(account, LOGS, region), False, account.executor is not None)


def _clients(session: Any, region: str | None, access: Access) -> Clients:
    from botocore.config import Config

    def client(service: str, **settings: float) -> Any:
        config: Any = Config(retries={"total_max_attempts": 1}, max_pool_connections=_MOST_CONNECTIONS, **settings)
        return session.client(service, region_name=region, endpoint_url=access.endpoint_url, config=config)

    sagemaker = client("sagemaker")
    return Clients(
        sagemaker.meta.region_name,
        sagemaker,
        client("sagemaker", **_QUICK),
        client("logs", **_OF_THE_LOG),
    )

"""boto clients from the user's own AWS configuration, or of a simulated SageMaker, from nothing at all.

As in Airflow, botocore does not retry: the engine does, longer and in the log.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from trainspec.project.project import UsageError
from trainspec.runtime.engine.boto_logs import mute_bodies

SIMULATED_REGION: Final = "us-east-1"
_MOST_CONNECTIONS: Final = 32
_QUICK: Final = {"connect_timeout": 2.0, "read_timeout": 5.0}
_OF_THE_LOG: Final = {"connect_timeout": 5.0, "read_timeout": 10.0}


@dataclass(frozen=True, slots=True)
class Access:
    """How AWS is reached. With `simulated`, `endpoint_url` is the simulator's, and nothing of the user's is read."""

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of one region; safe to share between threads. `quick` is for who is in a hurry to stop a job."""

    region: str
    sagemaker: Any
    quick: Any
    logs: Any
    in_console: bool = True
    """Whether the pages of the AWS console show its jobs."""


def clients_of(regions: Iterable[str | None], access: Access) -> dict[str | None, Clients]:
    """The clients of each region; None is the one that the user's options or configuration name.

    Raises UsageError where boto3, a region or credentials are missing, or boto does not take an option.
    """
    try:
        import boto3  # noqa: F401
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise UsageError("run needs boto3, also to simulate: install trainspec[aws]") from None
    mute_bodies()
    try:
        session = _session(access)
        found = {region: _clients(session, region, access) for region in regions}
        if session.get_credentials() is None:
            raise UsageError(
                "there are no AWS credentials: configure them as for the AWS CLI (environment, profile, SSO), or try "
                "the spec without an account: --simulate"
            )
    except (BotoCoreError, ValueError) as error:
        if type(error).__name__ == "NoRegionError":
            raise UsageError(
                "which region? Give --region, or `region` in the spec or in your AWS configuration"
            ) from None
        raise UsageError(f"boto says: {error}") from None
    return found


def _clients(session: Any, region: str | None, access: Access) -> Clients:
    from botocore.config import Config

    # A proxy is for the way out of this machine.
    nowhere: dict[str, Any] = {"proxies": {}} if access.simulated else {}

    def client(service: str, **settings: float) -> Any:
        config: Any = Config(
            retries={"total_max_attempts": 1}, max_pool_connections=_MOST_CONNECTIONS, **nowhere, **settings
        )
        return session.client(service, region_name=region, endpoint_url=access.endpoint_url, config=config)

    sagemaker = client("sagemaker")
    return Clients(
        sagemaker.meta.region_name,
        sagemaker,
        client("sagemaker", **_QUICK),
        client("logs", **_OF_THE_LOG),
        not access.simulated,
    )


def _session(access: Access) -> Any:
    import boto3

    if not access.simulated:
        return boto3.Session(profile_name=access.profile, region_name=access.region)
    import botocore.session

    # A profile that is not there, or a file that cannot be read, must not keep anyone from simulating.
    variables: Any = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    own = botocore.session.Session(session_vars=variables)
    return boto3.Session("simulated", "simulated", botocore_session=own, region_name=access.region or SIMULATED_REGION)

"""boto3 clients from an Airflow connection, through the Amazon provider's hook.

Region, credentials, assumed role, endpoint, `verify` and botocore's configuration come from the connection:
https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/aws.html
One setting is ours: botocore does not retry (`total_max_attempts` is 1), because the engine does, for longer and in the
log.
"""

from functools import cached_property
from typing import Any, Final

from trainspec.runtime.engine.boto_logs import mute_bodies

_NO_RETRIES: Final = {"total_max_attempts": 1}

# Airflow 3 kills a task's process five seconds after it asked the process to end.
_QUICK: Final = {"connect_timeout": 1.0, "read_timeout": 1.5}


class Clients:
    """The clients of one task run: one session, so that credentials are fetched once."""

    def __init__(self, aws_conn_id: str | None, region_name: str | None) -> None:
        mute_bodies()
        self.hook = _hook(aws_conn_id, region_name)
        self._session = self.hook.get_session(region_name=self.hook.region_name)
        self.sagemaker = self._client("sagemaker")
        # For the moment when the task is killed: short timeouts, and separate connections, because the signal may
        # interrupt a call of the other client, whose locks are then held.
        self.sagemaker_quick = self._client("sagemaker", **_QUICK)

    @cached_property
    def logs(self) -> Any:
        """A CloudWatch Logs client, with settings that never delay the end of the task for long."""
        return self._client("logs", connect_timeout=5.0, read_timeout=10.0)

    def _client(self, service: str, **settings: float) -> Any:
        endpoint = self.hook.conn_config.get_service_endpoint_url(service)
        return self._session.client(
            service, endpoint_url=endpoint, config=_config(self.hook, **settings), verify=self.hook.verify
        )


def sagemaker(aws_conn_id: str | None, region_name: str | None) -> Any:
    """Return a SageMaker client.

    Reads the connection from Airflow and boto's model, both of which block: must not be called on an event loop.
    """
    return Clients(aws_conn_id, region_name).sagemaker


def _hook(aws_conn_id: str | None, region_name: str | None) -> Any:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

    return AwsBaseHook(aws_conn_id=aws_conn_id, region_name=region_name, client_type="sagemaker")


def _config(hook: Any, **settings: float) -> Any:
    from botocore.config import Config

    return hook.config.merge(Config(retries=_NO_RETRIES, **settings))

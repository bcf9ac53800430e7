"""Links from a task in Airflow's UI to its training job and to the job's logs.

The operator pushes each address to XCom as soon as it knows the job. Airflow 3 reads it from there; Airflow 2.11
calls `get_link` in the webserver, which knows the class through the plugin.
https://airflow.apache.org/docs/apache-airflow/stable/howto/define-extra-link.html
"""

from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from trainspec.runtime.engine.kinds import JobKind


class TrainingJobLink(BaseOperatorLink):
    """The training job in the SageMaker console."""

    name: ClassVar[str] = "Training job"
    xcom_key: ClassVar[str] = "trainspec_job_link"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address that the operator pushed, or an empty string: Airflow then shows no link."""
        return _pushed(self.xcom_key, ti_key)


class TrainingLogsLink(BaseOperatorLink):
    """The training job's log streams in CloudWatch."""

    name: ClassVar[str] = "Training logs"
    xcom_key: ClassVar[str] = "trainspec_logs_link"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address that the operator pushed, or an empty string: Airflow then shows no link."""
        return _pushed(self.xcom_key, ti_key)


class TuningJobLink(TrainingJobLink):
    """The tuning job in the SageMaker console."""

    name: ClassVar[str] = "Tuning job"
    xcom_key: ClassVar[str] = "trainspec_tuning_link"


LINKS = (TrainingJobLink(), TrainingLogsLink())
TUNING_LINKS = (TuningJobLink(), TrainingLogsLink())


def link_values(arn: str, name: str, kind: "JobKind") -> dict[str, str]:
    """Return the addresses to push for the job `name` of that kind, by XCom key."""
    from trainspec.runtime.engine.console import job_url, logs_url  # the DAG processor does not need it
    from trainspec.runtime.engine.kinds import TRAINING

    link = TrainingJobLink if kind is TRAINING else TuningJobLink
    found = {link.xcom_key: job_url(arn, name, kind), TrainingLogsLink.xcom_key: logs_url(arn, name, kind)}
    return {key: url for key, url in found.items() if url}


def _pushed(key: str, ti_key: Any) -> str:
    from airflow.providers.common.compat.sdk import XCom

    return str(XCom.get_value(key=key, ti_key=ti_key) or "")

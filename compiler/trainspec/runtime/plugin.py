"""What Airflow loads at its start (entry point `airflow.plugins`), because 2.11 shows only a plugin's links."""

from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowPlugin
from trainspec.runtime.links import LINKS, TUNING_LINKS


class TrainspecPlugin(AirflowPlugin):
    """Makes the links of `TrainingJobOperator` and `TuningJobOperator` known to the webserver."""

    name: ClassVar[str] = "trainspec"
    operator_extra_links: ClassVar[list[Any]] = [*LINKS, TUNING_LINKS[0]]

"""What Airflow loads at startup (entry point `airflow.plugins`), because 2.11 only shows links of a plugin."""

from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowPlugin
from trainspec.runtime.links import LINKS, TUNING_LINKS


class TrainspecPlugin(AirflowPlugin):
    """Registers the links of `TrainingJobOperator` and `TuningJobOperator` with the webserver."""

    name: ClassVar[str] = "trainspec"
    operator_extra_links: ClassVar[list[Any]] = [*LINKS, TUNING_LINKS[0]]

"""SageMakerTrainingOperator on Airflow 3.3's ResumableJobMixin, written as the mixin's documentation shows.

No SageMaker operator of the Amazon provider uses the mixin yet. This file is next to the DAG files of the events.
Source: https://airflow.apache.org/docs/task-sdk/stable/api.html, and airflow/sdk/bases/resumablejobmixin.py.
"""

import time
from typing import Any

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.sdk import ResumableJobMixin


class ResumableTrainingOperator(ResumableJobMixin, SageMakerTrainingOperator):
    """Submits a job under its own name, as the stock operator does; a retry finds the job by that name."""

    external_id_key = "training_job_name"

    def execute(self, context: Any) -> Any:
        return self.execute_resumable(context)

    def submit_job(self, context: Any) -> str:
        self.preprocess_config()
        name = self._get_unique_job_name(self.config["TrainingJobName"], False, self.hook.describe_training_job)
        self.config["TrainingJobName"] = name
        self.hook.create_training_job(self.config, wait_for_completion=False, print_log=False)
        return str(name)

    def get_job_status(self, external_id: Any, context: Any) -> str:
        return str(self.hook.describe_training_job(external_id)["TrainingJobStatus"])

    def is_job_active(self, status: str) -> bool:
        return status in self.hook.non_terminal_states

    def is_job_succeeded(self, status: str) -> bool:
        return status == "Completed"

    def poll_until_complete(self, external_id: Any, context: Any) -> None:
        while self.is_job_active(status := self.get_job_status(external_id, context)):
            time.sleep(self.check_interval)
        if not self.is_job_succeeded(status):
            raise RuntimeError(f"the training job {external_id} is {status}")

    def get_job_result(self, external_id: Any, context: Any) -> Any:
        return external_id

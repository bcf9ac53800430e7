"""Names of Airflow, the SageMaker SDK and the API that have no field here, and what to do instead.

Those that only have another name here are in `trainspec.language.suggestions`.
"""

from collections.abc import Mapping

_NO_SLA = "Airflow 3 has no SLAs: limit the time with `{0}`, and report it with `on_failure_callback`"
_ONE_VIEW = "remove it: Airflow 3 has one view of a DAG, and users choose how to view it"
_CODE = "it is code, which a spec cannot contain: put the values in `vars` or `params`"

_MEMBERS = (
    "TrainingJobName", "AlgorithmSpecification", "HyperParameters", "InputDataConfig", "OutputDataConfig",
    "ResourceConfig", "StoppingCondition", "RoleArn", "TrainingJob", "CreateTrainingJob",
)  # fmt: skip

GONE: Mapping[str, Mapping[str, str]] = {
    "schedule": {
        "timetable": "write `schedule`: it accepts cron expressions, presets, intervals and assets",
        "datasets": "write `schedule: {assets: [...]}`",
        "assets": "write `schedule: {assets: [...]}`",
        "sla_miss_callback": _NO_SLA.format("dagrun_timeout"),
        "default_view": _ONE_VIEW,
        "orientation": _ONE_VIEW,
        "full_filepath": "remove it: Airflow knows where the file is",
        "user_defined_macros": _CODE,
        "user_defined_filters": _CODE,
        "jinja_environment_kwargs": "remove it: requests reach SageMaker unchanged only with Jinja's defaults",
    },
    "retries": {
        "task_id": "remove it: the key of the task is its id",
        "sla": _NO_SLA.format("execution_timeout"),
        "retry_policy": "write `on_failure: {capacity: {retry_after: 30m}, algorithm: fail}` on the job",
        "provide_context": "remove it: Airflow always passes the context",
        "executor_config": "choose the executor with `executor` and the machine with `resources`",
    },
    "trainspec": {
        "version": "write `trainspec: 1`",
        "apiVersion": "write `trainspec: 1`; `trainspec import` converts a manifest to a spec",
        **dict.fromkeys(
            _MEMBERS,
            "this is a request, not a spec: `trainspec import FILE` converts it to a spec",
        ),
    },
    "at_least": dict.fromkeys(
        ("operator", "value", "threshold", "goal"), "write one of `at_least`, `at_most`, `above`, `below`"
    ),
    "hyperparameters": {
        "AlgorithmSpecification": (
            "write `image`, `input_mode` and `metrics`; `trainspec import` converts a whole request"
        ),
        "max_parallel": "write it in `matrix`, next to the lists",
        "parallelism": "write `max_parallel` in `matrix`",
        "command": "write `entrypoint`",
        "requirements": "write `source: {requirements: …}`",
        "secrets": "keep secrets out of the request: let the container read them from Secrets Manager",
        "max_run": "write `stopping: {max_runtime: …}`",
        "entry_point": "write a script as `entry` of `source`, or a container's command as `entrypoint`",
        "source_dir": "write `source: {dir: …}`",
        "framework_version": "write `framework: {version: …}`",
        "py_version": "write `framework: {python: …}`",
        "base_job_name": "write `name`, with `{{ ts_nodash }}` at the end",
        "subnets": "write `vpc: {subnets: …}`",
        "security_group_ids": "write `vpc: {security_groups: …}`",
        "keep_alive_period_in_seconds": "write `resources: {keep_alive: …}`",
        "output_kms_key": "write `output: {kms_key: …}`",
        "max_retry_attempts": "write `retry: {max_attempts: …}`",
        "enable_sagemaker_metrics": "write `metrics_time_series: true`",
        "container_log_level": "write `source: {log_level: …}`",
        "retry_on": "write `on_failure: {capacity: retry, algorithm: fail}`",
        "retry_policy": "write `on_failure: {capacity: {retry_after: 30m}, algorithm: fail}`",
        "wait": "write `operator: {wait_for_completion: …}`",
        "logs": "write `operator: {print_log: …}`",
        "checkpoint_local_path": "write `checkpoint: {local_path: …}`",
    },
    "shuffle_seed": {
        "DataSource": "write what it contains: `s3`, `manifest`, `augmented_manifest`, `file_system` or `dataset`",
        "S3DataSource": "write what it contains: `s3`, `manifest` or `augmented_manifest`",
    },
}
"""By a field that only such maps have (the DAG, a task, a job, a channel), and the word."""


def advice_for(key: str, known: Mapping[str, object]) -> str | None:
    """What to do about `key` in a map whose fields are `known`; None if that is not said here."""
    return next((gone[key] for field, gone in GONE.items() if field in known and key in gone), None)

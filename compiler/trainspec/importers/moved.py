"""Operators that moved: the path in files of Airflow 1 and 2 → the one in today's providers.

The old paths are those in people's files; a test compares the new ones with the operator tables.
"""

import re
from collections.abc import Mapping

_AMAZON = "airflow.providers.amazon.aws"
_MODULES: tuple[tuple[str, str], ...] = (
    (rf"{_AMAZON}\.(operators|sensors)\.sagemaker_\w+", rf"{_AMAZON}.\1.sagemaker"),
    (r"airflow\.contrib\.(operators|sensors)\.sagemaker_\w+", rf"{_AMAZON}.\1.sagemaker"),
    (rf"{_AMAZON}\.operators\.s3_\w+", f"{_AMAZON}.operators.s3"),
    (rf"{_AMAZON}\.sensors\.s3_\w+", f"{_AMAZON}.sensors.s3"),
    (rf"{_AMAZON}\.(operators|sensors)\.emr_\w+", rf"{_AMAZON}.\1.emr"),
    (rf"{_AMAZON}\.(operators|sensors)\.glue_job", rf"{_AMAZON}.\1.glue"),
    (r"airflow\.contrib\.operators\.aws_athena_operator", f"{_AMAZON}.operators.athena"),
    (r"airflow\.contrib\.operators\.s3_copy_object_operator", f"{_AMAZON}.operators.s3"),
    (r"airflow\.sensors\.s3_key_sensor", f"{_AMAZON}.sensors.s3"),
    (r"airflow\.operators\.bash_operator", "airflow.operators.bash"),
    (r"airflow\.operators\.python_operator", "airflow.operators.python"),
    (r"airflow\.operators\.(dummy|dummy_operator)", "airflow.operators.empty"),
    (r"airflow\.operators\.dagrun_operator", "airflow.operators.trigger_dagrun"),
    (r"airflow\.sensors\.external_task_sensor", "airflow.sensors.external_task"),
)
_NAMES: Mapping[str, str] = {
    "DummyOperator": "EmptyOperator",
    "AWSAthenaOperator": "AthenaOperator",
    "AwsGlueJobOperator": "GlueJobOperator",
    "AwsGlueJobSensor": "GlueJobSensor",
}


def todays_path(path: str) -> str:
    """The dotted path of an operator as today's Airflow has it."""
    module, _, name = path.rpartition(".")
    for old, new in _MODULES:
        if found := re.fullmatch(old, module):
            module = found.expand(new)
            break
    return f"{module}.{_NAMES.get(name, name)}" if module.startswith("airflow.") else path

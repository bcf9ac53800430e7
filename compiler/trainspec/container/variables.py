"""The environment variables of a training script, as AWS's toolkit sets them.

https://github.com/aws/sagemaker-training-toolkit/blob/v5.1.0/ENVIRONMENT_VARIABLES.md
"""

import os
from collections.abc import Mapping
from typing import Any, Final

from trainspec.container.hyperparameters import arguments, as_variable, of_the_script, of_the_toolkit
from trainspec.container.layout import Layout, input_data_config, resource_config

_LOG_LEVEL: Final = 20
_SAID: Final = frozenset(
    f"sagemaker_{name}"
    for name in (
        "program", "submit_directory", "enable_cloudwatch_metrics", "region", "container_log_level", "job_name",
        "default_user_module_name", "tuning_objective_metric", "s3_output",
    )
)  # fmt: skip
"""Hyperparameters that the toolkit knows itself; others of its prefix are the framework's."""


def of_the_container(request: Mapping[str, Any], layout: Layout, region: str, arn: str) -> dict[str, str]:
    """What SageMaker sets in any container: the job's own Environment, and what the job is."""
    return {
        **{name: str(value) for name, value in (request.get("Environment") or {}).items()},
        "TRAINING_JOB_NAME": request["TrainingJobName"],
        "TRAINING_JOB_ARN": arn,
        "AWS_REGION": region,
        "SAGEMAKER_BASE_DIR": str(layout.base),
    }


def of_the_toolkit_for(
    request: Mapping[str, Any], layout: Layout, host: str, hosts: list[str], values: Mapping[str, Any]
) -> dict[str, str]:
    """The `SM_` variables; `values` are the decoded hyperparameters."""
    own, toolkit = of_the_script(values), of_the_toolkit(values)
    resources = resource_config(request, host, hosts)
    groups = resources["instance_groups"]
    group = next(each for each in groups if each["instance_group_name"] == resources["current_group_name"])
    channels = input_data_config(request)
    program = str(toolkit.get("sagemaker_program", ""))
    said: dict[str, Any] = {
        "hosts": hosts,
        "current_host": host,
        "current_instance_type": resources["current_instance_type"],
        "current_instance_group": resources["current_group_name"],
        "current_instance_group_hosts": group["hosts"],
        "instance_groups": [each["instance_group_name"] for each in groups],
        "instance_groups_dict": {each["instance_group_name"]: each for each in groups},
        "distribution_instance_groups": toolkit.get(
            "sagemaker_distribution_instance_groups", [resources["current_group_name"]]
        ),
        "is_hetero": len(groups) > 1,
        "network_interface_name": resources["network_interface_name"],
        "hps": own,
        "user_entry_point": program,
        "user_args": arguments(own),
        "framework_params": {name: value for name, value in toolkit.items() if name not in _SAID},
        "framework_module": "",
        "resource_config": resources,
        "input_data_config": channels,
        "channels": sorted(channels),
        "module_name": program.removesuffix(".py"),
        "module_dir": str(toolkit.get("sagemaker_submit_directory", layout.code)),
        "log_level": toolkit.get("sagemaker_container_log_level", _LOG_LEVEL),
        "input_dir": str(layout.base / "input"),
        "input_config_dir": str(layout.config),
        "output_dir": str(layout.output),
        "output_data_dir": str(layout.output / "data"),
        "output_intermediate_dir": str(layout.output / "intermediate"),
        "model_dir": str(layout.model),
        "num_cpus": os.cpu_count() or 1,
        "num_gpus": 0,
        "num_neurons": 0,
    }
    said["training_env"] = {**said, "channel_input_dirs": {name: str(layout.channel(name)) for name in channels}}
    variables = {f"SM_{name.upper()}": as_variable(value) for name, value in said.items()}
    variables |= {f"SM_CHANNEL_{name.upper()}": str(layout.channel(name)) for name in channels}
    return variables | {f"SM_HP_{name.upper()}": as_variable(value) for name, value in own.items()}

"""An example value for every field: one that the compiler accepts there (tests/test_reference.py holds it to that)."""

from collections.abc import Mapping

_BY_PATH = {
    "name": "churn-{{ ts_nodash }}",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
    "framework": '{name: pytorch, version: "2.3", python: py311}',
    "framework.name": "pytorch",
    "framework.version": '"2.3"',
    "framework.python": "py311",
    "framework.pytorch": '"2.1"',
    "framework.tensorflow": '"2.6"',
    "algorithm": "xgboost@1.7-1",
    "region": "us-east-1",
    "account": '"123456789012"',
    "entrypoint": "python /opt/ml/code/train.py",
    "arguments": "--epochs 10",
    "source": "{entry: train.py, dir: s3://my-bucket/source.tar.gz}",
    "source.entry": "train.py",
    "source.dir": "s3://my-bucket/source.tar.gz",
    "source.log_level": "20",
    "metrics": '{"validation:auc": "auc=([0-9.]+)"}',
    "metrics.*": '"auc=([0-9.]+)"',
    "role": "arn:aws:iam::123456789012:role/SageMakerRole",
    "hyperparameters": "{epochs: 10, learning_rate: 0.01}",
    "hyperparameters.*": "0.01",
    "environment": "{STAGE: prod}",
    "environment.*": "prod",
    "inputs": "{train: s3://my-bucket/train/}",
    "inputs.*.content_type": "text/csv",
    "inputs.*.file_system": "{id: fs-0123456789abcdef0, type: EFS, path: /data, access: ro}",
    "inputs.*.file_system.id": "fs-0123456789abcdef0",
    "inputs.*.file_system.path": "/data",
    "inputs.*.attributes": "[source-ref, label]",
    "inputs.*.instance_groups": "[workers]",
    "inputs.*.dataset": "arn:aws:sagemaker:us-east-1:123456789012:hub-content/my-hub/DataSet/my-data/1.0.0",
    "inputs.*.hub": "arn:aws:sagemaker:us-east-1:123456789012:hub-content/my-hub/ModelReference/my-model/1.0.0",
    "inputs.*.shuffle_seed": "42",
    "output": "s3://my-bucket/models/",
    "checkpoint": "s3://my-bucket/checkpoints/churn/",
    "tensorboard": "s3://my-bucket/tensorboard/",
    "resources": "{instance_type: ml.m5.xlarge, instance_count: 1, volume_size: 50GB}",
    "resources.groups": "{workers: {instance_type: ml.m5.xlarge, instance_count: 2}}",
    "resources.preferences": "[{instance_type: ml.g5.xlarge, instance_count: 1}]",
    "resources.preferences.*.training_plans": "[arn:aws:sagemaker:us-east-1:123456789012:training-plan/my-plan]",
    "resources.placement": "{multiple_jobs: true}",
    "resources.placement.specifications": "[{ultra_server: us-1, instance_count: 1}]",
    "resources.placement.specifications.*.ultra_server": "us-1",
    "resources.training_plan": "arn:aws:sagemaker:us-east-1:123456789012:training-plan/my-plan",
    "resources.keep_alive": "30m",
    "stopping": "{max_runtime: 1h}",
    "stopping.max_wait": "2h",
    "stopping.max_pending": "1d",
    "retry": "{max_attempts: 3}",
    "retry.max_attempts": "3",
    "vpc": "{subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}",
    "vpc.subnets": "[subnet-0123456789abcdef0]",
    "vpc.security_groups": "[sg-0123456789abcdef0]",
    "image_access": "{mode: Vpc}",
    "image_access.credentials_provider": "arn:aws:lambda:us-east-1:123456789012:function:registry-login",
    "tags": "{team: ml}",
    "tags.*": "ml",
    "tags.*.key": "team",
    "tags.*.value": "ml",
    "debugger": "{s3: s3://my-bucket/tensors/, collections: {losses: {parameters: {save_interval: 100}}}}",
    "debugger.collections": "{losses: {parameters: {save_interval: 100}}}",
    "debugger.rules": "{overfit: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/rules:1}}",
    "profiler": "{s3: s3://my-bucket/profile/, interval_milliseconds: 500}",
    "profiler.interval_milliseconds": "500",
    "profiler.defaults": "{}",
    "profiler.rules": "{report: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/rules:1}}",
    "experiment": "{name: churn, trial: daily}",
    "mlflow": "{resource: arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/my-server}",
    "mlflow.resource": "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/my-server",
    "model_package": "{group: arn:aws:sagemaker:us-east-1:123456789012:model-package-group/churn}",
    "model_package.group": "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/churn",
    "model_package.source": "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1",
    "serverless": "{job_type: FineTuning, base_model: arn:aws:sagemaker:us-east-1:aws:hub-content/"
    "SageMakerPublicHub/Model/my-model/1.0.0}",
    "serverless.base_model": "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/my-model/1.0.0",
    "serverless.sequence_length": "4K",
    "serverless.evaluator": "arn:aws:lambda:us-east-1:123456789012:function:score",
    "request": "{StoppingCondition: {MaxRuntimeInSeconds: 3600}}",
    "operator": "{check_interval: 30s, max_attempts: 120}",
    "operator.aws_conn_id": "aws_default",
    "operator.check_interval": "30s",
    "operator.max_attempts": "120",
    "depends_on": "prepare",
    "depends_on.*": "prepare",
    "trainspec": "1",
    "vars": "{data: s3://my-bucket}",
    "vars.*": "s3://my-bucket",
    "defaults": "{role: arn:aws:iam::123456789012:role/SageMakerRole}",
    "jobs": "{train: {name: 'churn-{{ ts_nodash }}'}}",
    "extends": "../base.yaml",
    "environments": "{dev: {defaults: {retries: 0}}}",
    "environments.*.dag": "{schedule: null}",
    "environments.*.vars": "{data: s3://my-test-bucket}",
    "environments.*.defaults": "{retries: 0}",
    "environments.*.jobs": "{train: {retries: 0}}",
    "environments.*.sensors": "{raw_data: {timeout: 1h}}\nsensors: {raw_data: {s3: s3://my-bucket/raw.csv}}",
    "environments.*.tasks": "{report: {retries: 0}}\ntasks: {report: {operator: my_team.operators.ReportOperator}}",
    "environments.*.triggers": "{deploy: {dag: deploy_test}}\ntriggers: {deploy: {dag: deploy_churn}}",
    "proceed_if": '{metric: "validation:auc", at_least: 0.8}',
    "proceed_if.metric": '"validation:auc"\n  at_least: 0.8',
    "sensors": '{raw_data: {s3: "s3://my-bucket/raw/{{ ds }}/*.csv", timeout: 6h}}',
    "sensors.*.s3": '"s3://my-bucket/raw/{{ ds }}/*.csv"',
    "sensors.*.region": "us-east-1",
    "sensors.*.dag": "feature_store",
    "sensors.*.task": "publish",
    "sensors.*.tasks": "[publish, validate]",
    "sensors.*.group": "publishing",
    "sensors.*.states": "[success, skipped]",
    "sensors.*.failed_states": "[failed, upstream_failed]",
    "sensors.*.skipped_states": "[skipped]",
    "sensors.*.poke_interval": "5m",
    "sensors.*.timeout": "6h",
    "sensors.*.depends_on": "train",
    "tasks": "{report: {operator: my_team.operators.ReportOperator, depends_on: train}}",
    "tasks.*.operator": "airflow.providers.standard.operators.bash.BashOperator",
    "tasks.*.arguments": '{bash_command: "echo ${jobs.train.model}"}',
    "tasks.*.arguments.*": "echo {{ ds }}",
    "tasks.*.depends_on": "train",
    "triggers": "{deploy: {dag: deploy_churn, job: train}}",
    "triggers.*.dag": "deploy_churn",
    "triggers.*.job": "train",
    "triggers.*.conf": "{stage: prod}",
    "triggers.*.run_id": "churn-{{ ts_nodash }}",
    "triggers.*.logical_date": '"{{ logical_date.isoformat() }}"',
    "triggers.*.states": "[success]",
    "triggers.*.failed_states": "[failed]",
    "triggers.*.poke_interval": "1m",
    "triggers.*.depends_on": "train",
    "matrix": "{learning_rate: [0.1, 0.01]}",
    "dag": "{id: churn_training, catchup: false}",
    "dag.id": "churn_training",
    "dag.schedule": '"@daily"\n  start_date: 2025-04-01',
    "dag.schedule.assets": "[s3://my-bucket/features/]",
    "dag.start_date": "2025-04-01",
    "dag.end_date": "2025-12-31",
    "dag.timezone": "Europe/Berlin",
    "dag.tags": "[churn, training]",
    "dag.default_args": "{owner: ml-team, retries: 1, retry_delay: 5m}",
    "owner": "ml-team",
    "pool": "sagemaker",
    "queue": "default",
    "email": "ml-team@example.com",
    "doc": "Trains the **churn** model.",
    "dag.doc": "Trains the **churn** model.",
    "dag.description": "Trains the churn model each day",
}
"""Where neither the last key nor the form tells."""

_BY_KEY = {
    "s3": "s3://my-bucket/data/",
    "manifest": "s3://my-bucket/train.manifest",
    "augmented_manifest": "s3://my-bucket/train.jsonl",
    "converse": "s3://my-bucket/conversations/",
    "kms_key": "alias/my-key",
    "volume_kms_key": "alias/my-key",
    "volume_size": "50GB",
    "local_path": "/opt/ml/data",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/rules:1",
    "instance_count": "1",
    "parameters": "{save_interval: 100}",
    "regex": '"auc=([0-9.]+)"',
    "doc": "Waits for the **raw** data.",
}

_BY_FORM = {
    "a text": "churn",
    "a list of texts": "[churn]",
    "a whole number": "1",
    "a number": "0.8",
    "true or false": "true",
    "a text, a number or true/false": "100",
}

_WORDS = {"instance_type": "ml.m5.xlarge"}

_KEYS = {
    "environments": "dev",
    "inputs": "train",
    "collections": "losses",
    "groups": "workers",
    "rules": "overfit",
    "metrics": "auc",
    "vars": "data",
    "tags": "team",
    "environment": "STAGE",
    "hyperparameters": "learning_rate",
    "parameters": "save_interval",
    "sensors": "raw_data",
    "tasks": "report",
    "triggers": "deploy",
}
"""What stands for `*` below a map."""

_LISTS = ("preferences", "specifications")

_OTHERS_IN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sensors": {
        "dag: feature_store": (
            "task", "tasks", "group", "execution_delta", "states", "failed_states", "skipped_states", "check_existence",
        ),
        "task: publish": ("states", "failed_states", "skipped_states"),
        "s3: s3://my-bucket/raw.csv": (
            "wildcard", "aws_conn_id", "region", "poke_interval", "timeout", "mode", "deferrable", "soft_fail", "doc",
            "depends_on",
        ),
    },
    "tasks": {"operator: my_team.operators.ReportOperator": ("arguments", "doc", "depends_on")},
    "triggers": {
        "dag: deploy_churn": (
            "job", "conf", "run_id", "logical_date", "wait", "poke_interval", "states", "failed_states", "reset",
            "skip_if_exists", "deferrable", "doc", "depends_on",
        ),
        "wait: true": ("poke_interval", "states", "failed_states", "deferrable"),
    },
    "proceed_if": {'metric: "validation:auc"': ("at_least", "at_most", "above", "below")},
}  # fmt: skip
"""What must stand beside a field, by the map that it is in."""


def example(path: str, form: str, words: tuple[str, ...], *, in_list: bool = False) -> str | None:
    """YAML that sets the field at `path`, which is written in the form `form` or with one of `words`."""
    key = path.rsplit(".", 1)[-1]
    value = _BY_PATH.get(path) or _WORDS.get(key) or next(reversed(words), None) or _BY_KEY.get(key)
    value = value or _BY_FORM.get(form) or ("1h" if form.startswith("a duration") else None)
    if value is None:
        return None
    lines: list[str] = []
    steps = path.split(".")
    dash = ""
    for depth, step in enumerate(steps):
        above = steps[depth - 1] if depth else ""
        if step == "*" and (in_list or above in _LISTS):
            dash = "- "
            continue
        shown = _KEYS[above] if step == "*" else step
        indent = "  " * (depth - (1 if dash else 0))
        lines.append(f"{indent}{dash}{shown}:")
        dash = ""
    indent = " " * (len(lines[-1]) - len(lines[-1].lstrip()))
    if len(steps) > 1:
        others = _OTHERS_IN.get(steps[0], {})
        value += "".join(f"\n{indent}{other}" for other, fields in others.items() if key in fields)
    return "\n".join(lines) + f" {value}"

"""The specs that are measured: as many as wanted, no two alike, and the same DAGs as dag-factory's YAML."""

from collections.abc import Callable, Iterator
from pathlib import Path

_SPEC = """\
# Trains the churn model of market {n}.
trainspec: 1

dag:
  id: churn_{n:05}
  schedule: "{minute} {hour} * * *"
  start_date: 2025-04-01
  catchup: false
  tags: [churn, market-{n}]
  default_args: {{owner: team-{team}, retries: 2, retry_delay: 5m}}

vars:
  data: s3://market-{n:05}-data

defaults:
  role: arn:aws:iam::123456789012:role/SageMakerRole
  region: eu-west-1
  resources: {{instance_type: ml.m5.{size}, instance_count: 1, volume_size: {volume}GB}}
  stopping: {{max_runtime: 2h}}
  operator: {{check_interval: 60s, max_attempts: 150, action_if_job_exists: increment}}

jobs:
  train:
    name: churn-{n:05}-{{{{ ds_nodash }}}}
    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:1.{n}
    inputs:
      train: {{s3: "${{vars.data}}/train/", content_type: text/csv}}
      validation: {{s3: "${{vars.data}}/validation/", content_type: text/csv}}
    output: s3://market-{n:05}-models/churn/
    hyperparameters: {{max_depth: {depth}, eta: 0.{eta}, objective: "binary:logistic", rounds: {rounds}}}
    tags: {{market: "{n:05}", team: team-{team}}}

  calibrate:
    name: calibrate-{n:05}-{{{{ ds_nodash }}}}
    depends_on: train
    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/calibrate:1.{n}
    inputs:
      scores: {{s3: "${{vars.data}}/scores/", distribution: FullyReplicated}}
    output: {{s3: "s3://market-{n:05}-models/calibrated/"}}
    environment: {{LOG_LEVEL: info, MARKET: "{n:05}"}}
    hyperparameters: {{bins: {rounds}, method: isotonic}}
"""

_TUNING = """\
    metrics: {{"validation:auc": "auc=([0-9.]+)"}}
    tuning:
      strategy: Bayesian
      objective: {{metric: "validation:auc", goal: Maximize}}
      ranges: {{gamma: {{min: 0.01, max: {depth}, scale: Logarithmic}}, min_child_weight: {{int: [1, {rounds}]}}}}
      limits: {{jobs: 20, parallel: 4, runtime: 2h}}
"""

_DAG_FACTORY = """\
churn_{n:05}:
  schedule: "{minute} {hour} * * *"
  catchup: false
  tags: [churn, market-{n}]
  default_args: {{owner: team-{team}, retries: 2, retry_delay_sec: 300, start_date: 2025-04-01}}
  tasks:
    - task_id: train
      operator: {operator}
      aws_conn_id: aws_default
      check_interval: 60
      action_if_job_exists: timestamp
      config:
        TrainingJobName: churn-{n:05}-{{{{ ds_nodash }}}}
        RoleArn: arn:aws:iam::123456789012:role/SageMakerRole
        AlgorithmSpecification:
          TrainingImage: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:1.{n}
          TrainingInputMode: File
        InputDataConfig:
          - ChannelName: train
            ContentType: text/csv
            DataSource: {{S3DataSource: {{S3DataType: S3Prefix, S3Uri: "s3://market-{n:05}-data/train/"}}}}
          - ChannelName: validation
            ContentType: text/csv
            DataSource: {{S3DataSource: {{S3DataType: S3Prefix, S3Uri: "s3://market-{n:05}-data/validation/"}}}}
        OutputDataConfig: {{S3OutputPath: "s3://market-{n:05}-models/churn/"}}
        ResourceConfig: {{InstanceType: ml.m5.{size}, InstanceCount: 1, VolumeSizeInGB: {volume}}}
        StoppingCondition: {{MaxRuntimeInSeconds: 7200}}
        HyperParameters: {{max_depth: "{depth}", eta: "0.{eta}", objective: "binary:logistic", rounds: "{rounds}"}}
        Tags: [{{Key: market, Value: "{n:05}"}}, {{Key: team, Value: team-{team}}}]
    - task_id: calibrate
      operator: {operator}
      dependencies: [train]
      aws_conn_id: aws_default
      check_interval: 60
      action_if_job_exists: timestamp
      config:
        TrainingJobName: calibrate-{n:05}-{{{{ ds_nodash }}}}
        RoleArn: arn:aws:iam::123456789012:role/SageMakerRole
        AlgorithmSpecification:
          TrainingImage: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/calibrate:1.{n}
          TrainingInputMode: File
        InputDataConfig:
          - ChannelName: scores
            DataSource:
              S3DataSource:
                S3DataType: S3Prefix
                S3Uri: "s3://market-{n:05}-data/scores/"
                S3DataDistributionType: FullyReplicated
        OutputDataConfig: {{S3OutputPath: "s3://market-{n:05}-models/calibrated/"}}
        Environment: {{LOG_LEVEL: info, MARKET: "{n:05}"}}
        ResourceConfig: {{InstanceType: ml.m5.{size}, InstanceCount: 1, VolumeSizeInGB: {volume}}}
        StoppingCondition: {{MaxRuntimeInSeconds: 7200}}
        HyperParameters: {{bins: "{rounds}", method: isotonic}}
"""

STOCK_OPERATORS = "airflow.providers.amazon.aws.operators.sagemaker"
STOCK_OPERATOR = f"{STOCK_OPERATORS}.SageMakerTrainingOperator"


def _values(n: int) -> dict[str, object]:
    sizes = ("large", "xlarge", "2xlarge", "4xlarge")
    return {
        "n": n, "minute": n % 60, "hour": n % 24, "team": n % 17, "size": sizes[n % 4], "volume": 10 + n % 90,
        "depth": 3 + n % 8, "eta": 1 + n % 9, "rounds": 50 + n, "operator": STOCK_OPERATOR,
    }  # fmt: skip


def spec(n: int) -> str:
    """Spec number `n`: two jobs, nothing to find."""
    return _SPEC.format(**_values(n))


def tuned_spec(n: int) -> str:
    """Spec number `n` with a tuning job in the place of its first training job."""
    before, calibrate, after = spec(n).partition("\n  calibrate:\n")
    return f"{before}{_TUNING.format(**_values(n))}{calibrate}{after}"


def dag_factory(n: int) -> str:
    """The same DAG for dag-factory."""
    return _DAG_FACTORY.format(**_values(n))


def write_specs(folder: Path, count: int, text: Callable[[int], str] = spec) -> list[Path]:
    """`count` specs in `folder`, a hundred in each of its folders."""
    return list(_written(folder, count, text))


def _written(folder: Path, count: int, text: Callable[[int], str]) -> Iterator[Path]:
    for n in range(count):
        path = folder / f"{n // 100:03}" / f"churn_{n:05}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(n))
        yield path

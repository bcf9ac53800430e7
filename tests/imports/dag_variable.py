"""Two jobs after each other, and values that only a run would tell."""

import os

import pendulum
from airflow.models import DAG, Variable
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.utils.dates import days_ago

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/model:3"

dag = DAG(
    dag_id="two_steps",
    schedule=pendulum.duration(hours=6),
    start_date=pendulum.datetime(2025, 3, 1, 6, 30, tz="Europe/Dublin"),
    catchup=False,
    sla_miss_callback=None,
)


def config(step):
    return {"TrainingJobName": f"{step}"}


common = dict(
    RoleArn=Variable.get("role"),
    OutputDataConfig={"S3OutputPath": "s3://bucket/models"},
    ResourceConfig={"InstanceType": os.environ["TYPE"], "InstanceCount": 2, "VolumeSizeInGB": 50},
    StoppingCondition={"MaxRuntimeInSeconds": 7200},
)

pretrain = SageMakerTrainingOperator(
    task_id="pretrain",
    dag=dag,
    config={
        **common,
        "TrainingJobName": "pretrain-{{ ts_nodash }}",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "FastFile"},
    },
    action_if_job_exists="fail",
    deferrable=True,
)
finetune = SageMakerTrainingOperator(
    task_id="finetune",
    dag=dag,
    config={
        **common,
        "TrainingJobName": "finetune-{{ ts_nodash }}",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": {"base": "{{ ti.xcom_pull('pretrain')['Training']['ModelArtifacts']['S3ModelArtifacts'] }}"},
    },
    max_ingestion_time=3600,
)
unread = SageMakerTrainingOperator(task_id="unread", dag=dag, config=config("unread"), start_date=days_ago(1))

pretrain >> finetune
finetune.set_downstream(unread)

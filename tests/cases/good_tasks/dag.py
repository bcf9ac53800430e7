from datetime import timedelta

from airflow.providers.amazon.aws.operators.sagemaker import (
    SageMakerProcessingOperator,
    SageMakerRegisterModelVersionOperator,
)
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from my_team.operators import BashOperator as operators_BashOperator
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: jobs.train
    train = TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "train-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
        },
        max_attempts=None,
        spec="spec.yaml: jobs.train",
    )

    # spec.yaml: tasks.check
    check = BashOperator(
        task_id="check",
        bash_command='test -n "${HOME}" && echo {{ ds }} {#',
        env={
            "ACCOUNT": "012345678901",
            "DAY": "2025-04-01",
            "NOTHING": None,
            "NUMBER": 1,
            "RATIO": 0.5,
            "SWITCH": True,
        },
        doc_md="Compiled from `spec.yaml: tasks.check`.",
    )

    # spec.yaml: tasks.other_check
    other_check = operators_BashOperator(
        task_id="other_check",
        trigger_rule="all_done",
        doc_md="Compiled from `spec.yaml: tasks.other_check`.",
    )

    # spec.yaml: tasks.prepare
    prepare = SageMakerProcessingOperator(
        task_id="prepare",
        action_if_job_exists="timestamp",
        check_interval=60,
        config={
            "AppSpecification": {
                "ContainerArguments": [
                    "--share",
                    "0.20",
                ],
                "ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-steps:2",
            },
            "ProcessingJobName": "prepare-{{ ds_nodash }}",
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": "ml.m5.large",
                    "VolumeSizeInGB": 30,
                },
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
        },
        wait_for_completion=True,
        retries=2,
        retry_delay=timedelta(minutes=1),
        doc_md="Cuts the **raw** data.\n\nCompiled from `spec.yaml: tasks.prepare`.",
    )

    # spec.yaml: tasks.register
    register = SageMakerRegisterModelVersionOperator(
        task_id="register",
        image_uri="123456789012.dkr.ecr.us-east-1.amazonaws.com/my-steps:2",
        model_url="{{ ti.xcom_pull(task_ids='train', key='model') }}",
        package_group_name="churn",
        doc_md="Compiled from `spec.yaml: tasks.register`.",
    )

    check.set_downstream(train)
    prepare.set_downstream(train)
    prepare.set_downstream(check)
    train.set_downstream(other_check)
    register.set_downstream(other_check)
    train.set_downstream(register)

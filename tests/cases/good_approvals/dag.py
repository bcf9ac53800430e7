from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param
from my_team.alerts import Notify, asked
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
    default_args={
        "retries": 2,
        "execution_timeout": timedelta(hours=2),
    },
):
    # spec.yaml: jobs.train
    train = TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "t-{{ dag_run.run_after | ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://my-bucket/models/",
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

    # spec.yaml: tasks.deploy
    deploy = BashOperator(
        task_id="deploy",
        bash_command="echo {{ ti.xcom_pull(task_ids='release')['chosen_options'][0] }}",
        doc_md="Compiled from `spec.yaml: tasks.deploy`.",
    )

    # spec.yaml: approvals.announce
    announce = ApprovalOperator(
        task_id="announce",
        subject="Announce it?",
        ignore_downstream_trigger_rules=True,
        execution_timeout=None,
        doc_md="Compiled from `spec.yaml: approvals.announce`.",
    )

    # spec.yaml: approvals.publish
    publish = ApprovalOperator(
        task_id="publish",
        subject="Publish it?",
        response_timeout=timedelta(hours=1),
        fail_on_reject=True,
        retries=0,
        execution_timeout=None,
        doc_md="Compiled from `spec.yaml: approvals.publish`.",
    )

    # spec.yaml: approvals.release
    release = ApprovalOperator(
        task_id="release",
        subject="Release {{ ti.xcom_pull(task_ids='train') }}?",
        body="The model is at `{{ ti.xcom_pull(task_ids='train', key='model') }}`.\nIts regular expression was {{ '{#' }}[0-9]+}.{{ '\\n' }}",
        response_timeout=timedelta(days=2),
        defaults="Reject",
        assigned_users=[
            {
                "id": "1",
                "name": "alice",
            },
            {
                "id": "2",
                "name": "bob",
            },
        ],
        notifiers=[
            asked,
            Notify(channel="ml"),
        ],
        execution_timeout=None,
        params={
            "reason": Param("", title="Why", type="string"),
        },
        doc_md="Compiled from `spec.yaml: approvals.release`.",
    )

    announce.set_downstream(deploy)
    publish.set_downstream(announce)
    release.set_downstream(publish)
    train.set_downstream(release)

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, TaskGroup
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
                "MetricDefinitions": [
                    {
                        "Name": "auc",
                        "Regex": "auc=([0-9.]+)",
                    },
                ],
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

    # spec.yaml: jobs.sweep
    with TaskGroup(
        group_id="sweep",
    ):
        # spec.yaml: jobs.sweep
        sweep_depth_4 = TrainingJobOperator(
            task_id="depth-4",
            config={
                "TrainingJobName": "sweep-4-{{ ts_nodash }}",
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
            spec="spec.yaml: jobs.sweep",
        )

        # spec.yaml: jobs.sweep
        sweep_depth_6 = TrainingJobOperator(
            task_id="depth-6",
            config={
                "TrainingJobName": "sweep-6-{{ ts_nodash }}",
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
            spec="spec.yaml: jobs.sweep",
        )

    # spec.yaml: triggers.deploy
    deploy = TriggerDagRunOperator(
        task_id="deploy",
        trigger_dag_id="deploy_churn",
        conf={
            "job": "{{ ti.xcom_pull(task_ids='train') }}",
            "model": "{{ ti.xcom_pull(task_ids='train', key='model') }}",
        },
        doc_md="Compiled from `spec.yaml: triggers.deploy`.",
    )

    # spec.yaml: triggers.evaluate
    evaluate = TriggerDagRunOperator(
        task_id="evaluate",
        trigger_dag_id="evaluate_churn",
        trigger_run_id="from-{{ ti.xcom_pull(task_ids='train') }}",
        conf={
            "auc": "{{ ti.xcom_pull(task_ids='train', key='metrics')['auc'] }}",
            "day": "{{ ds }}",
            "job": "{{ ti.xcom_pull(task_ids='sweep.depth-4') }}",
            "limits": {
                "nothing": None,
                "parts": [
                    "a",
                    "b",
                ],
                "seconds": 60,
                "share": 0.5,
            },
            "literal": "{{ '{#' }} no comment",
            "model": "{{ ti.xcom_pull(task_ids='sweep.depth-6', key='model') }}",
        },
        wait_for_completion=True,
        poke_interval=30,
        failed_states=[
            "failed",
        ],
        deferrable=True,
        doc_md="Compiled from `spec.yaml: triggers.evaluate`.",
    )

    # spec.yaml: triggers.notify
    notify = TriggerDagRunOperator(
        task_id="notify",
        trigger_dag_id="notify",
        retries=3,
        trigger_rule="all_done",
        doc_md="Compiled from `spec.yaml: triggers.notify`.",
    )

    train.set_downstream(deploy)
    train.set_downstream(evaluate)
    sweep_depth_4.set_downstream(evaluate)
    sweep_depth_6.set_downstream(evaluate)
    deploy.set_downstream(notify)
    evaluate.set_downstream(notify)

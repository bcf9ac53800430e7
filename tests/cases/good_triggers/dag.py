from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, TaskGroup
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml:10
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
        spec="spec.yaml:10",
    )

    # spec.yaml:13
    with TaskGroup(
        group_id="sweep",
    ):
        # spec.yaml:13
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
            spec="spec.yaml:13",
        )

        # spec.yaml:13
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
            spec="spec.yaml:13",
        )

    # spec.yaml:17
    deploy = TriggerDagRunOperator(
        task_id="deploy",
        trigger_dag_id="deploy_churn",
        conf={
            "job": "{{ ti.xcom_pull(task_ids='train') }}",
            "model": "{{ ti.xcom_pull(task_ids='train', key='model') }}",
        },
        doc_md="Compiled from `spec.yaml:17`.",
    )

    # spec.yaml:20
    evaluate = TriggerDagRunOperator(
        task_id="evaluate",
        trigger_dag_id="evaluate_churn",
        trigger_run_id="from-{{ ti.xcom_pull(task_ids='train') }}",
        conf={
            "job": "{{ ti.xcom_pull(task_ids='sweep.depth-4') }}",
            "model": "{{ ti.xcom_pull(task_ids='sweep.depth-6', key='model') }}",
            "auc": "{{ ti.xcom_pull(task_ids='train', key='metrics')['auc'] }}",
            "day": "{{ ds }}",
            "literal": "{{ '{#' }} no comment",
            "limits": {
                "seconds": 60,
                "share": 0.5,
                "parts": [
                    "a",
                    "b",
                ],
                "nothing": None,
            },
        },
        wait_for_completion=True,
        poke_interval=30,
        failed_states=[
            "failed",
        ],
        deferrable=True,
        doc_md="Compiled from `spec.yaml:20`.",
    )

    # spec.yaml:34
    notify = TriggerDagRunOperator(
        task_id="notify",
        trigger_dag_id="notify",
        retries=3,
        trigger_rule="all_done",
        doc_md="Compiled from `spec.yaml:34`.",
    )

    train.set_downstream(deploy)
    sweep_depth_6.set_downstream(evaluate)
    train.set_downstream(evaluate)
    sweep_depth_4.set_downstream(evaluate)
    deploy.set_downstream(notify)
    evaluate.set_downstream(notify)

from airflow.sdk import DAG, Asset, TaskGroup
from my_team.operators import PickOperator, RegisterOperator
from trainspec.runtime import MetricGate, TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: jobs.champion
    champion = TrainingJobOperator(
        task_id="champion",
        config={
            "TrainingJobName": "champion-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "MetricDefinitions": [
                    {
                        "Name": "loss",
                        "Regex": "loss=([0-9.]+)",
                    },
                    {
                        "Name": "validation:auc",
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
        spec="spec.yaml: jobs.champion",
    )

    # spec.yaml: jobs.train
    train = TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "train-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "MetricDefinitions": [
                    {
                        "Name": "loss",
                        "Regex": "loss=([0-9.]+)",
                    },
                    {
                        "Name": "validation:auc",
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
        owner="ml-team",
        retries=2,
        queue="training",
        spec="spec.yaml: jobs.train",
    )

    # spec.yaml: jobs.train.proceed_if
    train_gate = MetricGate(
        task_id="train.gate",
        training_task_id="train",
        conditions=[
            {
                "metric": "validation:auc",
                "at_least": 0.8,
            },
        ],
        owner="ml-team",
        queue="training",
        outlets=[
            Asset("s3://bucket/models/"),
        ],
    )

    # spec.yaml: jobs.tune
    with TaskGroup(
        group_id="tune",
    ) as tune:
        # spec.yaml: jobs.tune
        tune_depth_4 = TrainingJobOperator(
            task_id="depth-4",
            config={
                "TrainingJobName": "tune-4-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "MetricDefinitions": [
                        {
                            "Name": "loss",
                            "Regex": "loss=([0-9.]+)",
                        },
                        {
                            "Name": "validation:auc",
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
            spec="spec.yaml: jobs.tune",
        )

        # spec.yaml: jobs.tune.proceed_if
        tune_depth_4_gate = MetricGate(
            task_id="depth-4.gate",
            training_task_id="tune.depth-4",
            conditions=[
                {
                    "metric": "loss",
                    "above": 0,
                    "below": "{{ params.loss }}",
                },
                {
                    "metric": "validation:auc",
                    "at_least": "{{ ti.xcom_pull(task_ids='champion', key='metrics')['validation:auc'] }}",
                },
            ],
        )

        # spec.yaml: jobs.tune
        tune_depth_6 = TrainingJobOperator(
            task_id="depth-6",
            config={
                "TrainingJobName": "tune-6-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "MetricDefinitions": [
                        {
                            "Name": "loss",
                            "Regex": "loss=([0-9.]+)",
                        },
                        {
                            "Name": "validation:auc",
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
            spec="spec.yaml: jobs.tune",
        )

        # spec.yaml: jobs.tune.proceed_if
        tune_depth_6_gate = MetricGate(
            task_id="depth-6.gate",
            training_task_id="tune.depth-6",
            conditions=[
                {
                    "metric": "loss",
                    "above": 0,
                    "below": "{{ params.loss }}",
                },
                {
                    "metric": "validation:auc",
                    "at_least": "{{ ti.xcom_pull(task_ids='champion', key='metrics')['validation:auc'] }}",
                },
            ],
        )

    # spec.yaml: jobs.evaluate
    with TaskGroup(
        group_id="evaluate",
    ):
        # spec.yaml: jobs.evaluate
        evaluate_depth_4 = TrainingJobOperator(
            task_id="depth-4",
            config={
                "TrainingJobName": "evaluate-4-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "MetricDefinitions": [
                        {
                            "Name": "loss",
                            "Regex": "loss=([0-9.]+)",
                        },
                        {
                            "Name": "validation:auc",
                            "Regex": "auc=([0-9.]+)",
                        },
                    ],
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "InputDataConfig": [
                    {
                        "ChannelName": "model",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='tune.depth-4', key='model') }}",
                                "S3DataType": "S3Prefix",
                            },
                        },
                    },
                ],
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
            spec="spec.yaml: jobs.evaluate",
        )

        # spec.yaml: jobs.evaluate
        evaluate_depth_6 = TrainingJobOperator(
            task_id="depth-6",
            config={
                "TrainingJobName": "evaluate-6-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "MetricDefinitions": [
                        {
                            "Name": "loss",
                            "Regex": "loss=([0-9.]+)",
                        },
                        {
                            "Name": "validation:auc",
                            "Regex": "auc=([0-9.]+)",
                        },
                    ],
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "InputDataConfig": [
                    {
                        "ChannelName": "model",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='tune.depth-6', key='model') }}",
                                "S3DataType": "S3Prefix",
                            },
                        },
                    },
                ],
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
            spec="spec.yaml: jobs.evaluate",
        )

    # spec.yaml: tasks.any_good
    any_good = PickOperator(
        task_id="any_good",
        trigger_rule="none_failed_min_one_success",
        doc_md="Compiled from `spec.yaml: tasks.any_good`.",
    )

    # spec.yaml: tasks.register
    register = RegisterOperator(
        task_id="register",
        model="{{ ti.xcom_pull(task_ids='train', key='model') }}",
        doc_md="Compiled from `spec.yaml: tasks.register`.",
    )

    train.set_downstream(train_gate)
    champion.set_downstream(tune)
    train_gate.set_downstream(tune)
    tune.set_downstream(any_good)
    train_gate.set_downstream(register)
    tune_depth_4.set_downstream(tune_depth_4_gate)
    tune_depth_6.set_downstream(tune_depth_6_gate)
    tune_depth_4_gate.set_downstream(evaluate_depth_4)
    tune_depth_6_gate.set_downstream(evaluate_depth_6)

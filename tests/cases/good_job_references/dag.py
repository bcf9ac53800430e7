from airflow.sdk import DAG, TaskGroup
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="spec",
    schedule=None,
):
    # spec.yaml: jobs.prepare
    prepare = TrainingJobOperator(
        task_id="prepare",
        config={
            "TrainingJobName": "prepare-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "MetricDefinitions": [
                    {
                        "Name": "it's",
                        "Regex": "its=(.*)",
                    },
                    {
                        "Name": "validation:auc",
                        "Regex": "auc=(.*)",
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
        spec="spec.yaml: jobs.prepare",
    )

    # spec.yaml: jobs.train
    with TaskGroup(
        group_id="train",
    ) as train:
        # spec.yaml: jobs.train
        train_size_small = TrainingJobOperator(
            task_id="size-small",
            config={
                "TrainingJobName": "train-small-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "Environment": {
                    "ARN": "{{ ti.xcom_pull(task_ids='prepare', key='arn') }}",
                    "AUC": "auc: {{ ti.xcom_pull(task_ids='prepare', key='metrics')['validation:auc'] }}",
                    "ITS": "{{ ti.xcom_pull(task_ids='prepare', key='metrics')['it\\'s'] }}",
                    "PARENT": "{{ ti.xcom_pull(task_ids='prepare') }}",
                },
                "InputDataConfig": [
                    {
                        "ChannelName": "train",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='prepare', key='output') }}/train/",
                                "S3DataType": "S3Prefix",
                            },
                        },
                    },
                    {
                        "ChannelName": "model",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='prepare', key='model') }}",
                                "S3DataType": "S3Prefix",
                            },
                        },
                        "ContentType": "application/x-model",
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
            spec="spec.yaml: jobs.train",
        )

        # spec.yaml: jobs.train
        train_size_large = TrainingJobOperator(
            task_id="size-large",
            config={
                "TrainingJobName": "train-large-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "Environment": {
                    "ARN": "{{ ti.xcom_pull(task_ids='prepare', key='arn') }}",
                    "AUC": "auc: {{ ti.xcom_pull(task_ids='prepare', key='metrics')['validation:auc'] }}",
                    "ITS": "{{ ti.xcom_pull(task_ids='prepare', key='metrics')['it\\'s'] }}",
                    "PARENT": "{{ ti.xcom_pull(task_ids='prepare') }}",
                },
                "InputDataConfig": [
                    {
                        "ChannelName": "train",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='prepare', key='output') }}/train/",
                                "S3DataType": "S3Prefix",
                            },
                        },
                    },
                    {
                        "ChannelName": "model",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='prepare', key='model') }}",
                                "S3DataType": "S3Prefix",
                            },
                        },
                        "ContentType": "application/x-model",
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
            spec="spec.yaml: jobs.train",
        )

    # spec.yaml: jobs.evaluate
    with TaskGroup(
        group_id="evaluate",
    ):
        # spec.yaml: jobs.evaluate
        evaluate_size_small = TrainingJobOperator(
            task_id="size-small",
            config={
                "TrainingJobName": "evaluate-size-small-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "InputDataConfig": [
                    {
                        "ChannelName": "model",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='train.size-small', key='model') }}",
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
        evaluate_size_large = TrainingJobOperator(
            task_id="size-large",
            config={
                "TrainingJobName": "evaluate-size-large-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "InputDataConfig": [
                    {
                        "ChannelName": "model",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='train.size-large', key='model') }}",
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

    # spec.yaml: jobs.report
    report = TrainingJobOperator(
        task_id="report",
        config={
            "TrainingJobName": "report-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "Environment": {
                "SECONDS": "{{ ti.xcom_pull(task_ids='prepare', key='billable_seconds') }}",
            },
            "InputDataConfig": [
                {
                    "ChannelName": "model",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "{{ ti.xcom_pull(task_ids='train.size-large', key='model') }}",
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
        spec="spec.yaml: jobs.report",
    )

    prepare.set_downstream(train)
    prepare.set_downstream(report)
    train_size_large.set_downstream(report)
    train_size_small.set_downstream(evaluate_size_small)
    train_size_large.set_downstream(evaluate_size_large)

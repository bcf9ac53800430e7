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
        TrainingJobOperator(
            task_id="lr-0.1_nodes-1",
            config={
                "TrainingJobName": "train-single-middle-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "HyperParameters": {
                    "lr": "0.1",
                },
                "Environment": {
                    "NOTE": "single",
                },
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
        TrainingJobOperator(
            task_id="lr-0.1_nodes-2",
            config={
                "TrainingJobName": "train-pair-middle-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "HyperParameters": {
                    "lr": "0.1",
                },
                "Environment": {
                    "NOTE": "pair",
                },
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/models/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 2,
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
        TrainingJobOperator(
            task_id="lr-1e-2_nodes-1",
            config={
                "TrainingJobName": "train-single-low-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "HyperParameters": {
                    "lr": "1e-2",
                },
                "Environment": {
                    "NOTE": "single",
                },
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
        TrainingJobOperator(
            task_id="lr-0.5_nodes-4",
            config={
                "TrainingJobName": "train-big-high-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "HyperParameters": {
                    "lr": "0.5",
                },
                "Environment": {
                    "NOTE": "big",
                },
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/models/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 4,
                    "VolumeSizeInGB": 10,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 1800,
                },
            },
            max_attempts=None,
            spec="spec.yaml: jobs.train",
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
    train.set_downstream(report)

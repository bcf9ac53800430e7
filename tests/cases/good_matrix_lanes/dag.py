from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, TaskGroup
from my_team.alerts import page
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
    default_args={
        "on_failure_callback": page,
        "outlets": [
            Asset("s3://bucket/all/"),
        ],
    },
):
    # spec.yaml:12
    prepare = TrainingJobOperator(
        task_id="prepare",
        config={
            "TrainingJobName": "prepare-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 3600,
            },
        },
        spec="spec.yaml:12",
    )

    # spec.yaml:14
    with TaskGroup(
        group_id="sweep",
    ) as sweep:
        # spec.yaml:14
        sweep_lr_0_1 = TrainingJobOperator(
            task_id="lr-0.1",
            config={
                "TrainingJobName": "sweep-lr-0-1-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/models/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 10,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 3600,
                },
            },
            spec="spec.yaml:14",
        )

        # spec.yaml:14
        TrainingJobOperator(
            task_id="lr-0.01",
            config={
                "TrainingJobName": "sweep-lr-0-01-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/models/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 10,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 3600,
                },
            },
            spec="spec.yaml:14",
        )

        # spec.yaml:14
        sweep_lr_0_001 = TrainingJobOperator(
            task_id="lr-0.001",
            config={
                "TrainingJobName": "sweep-lr-0-001-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/models/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 10,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 3600,
                },
            },
            spec="spec.yaml:14",
        )

    # spec.yaml:14
    with TaskGroup(
        group_id="sweep-lanes",
    ):
        # spec.yaml:14
        sweep_lanes_lr_0_1 = EmptyOperator(
            task_id="lr-0.1",
            on_failure_callback=None,
            outlets=[],
            trigger_rule="all_done",
        )

    # spec.yaml:18
    report = TrainingJobOperator(
        task_id="report",
        config={
            "TrainingJobName": "report-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 3600,
            },
        },
        trigger_rule="all_done",
        spec="spec.yaml:18",
    )

    # spec.yaml:22
    with TaskGroup(
        group_id="alone",
    ):
        # spec.yaml:22
        alone_depth_4 = TrainingJobOperator(
            task_id="depth-4",
            config={
                "TrainingJobName": "alone-depth-4-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/models/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 10,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 3600,
                },
            },
            spec="spec.yaml:22",
        )

        # spec.yaml:22
        alone_depth_6 = TrainingJobOperator(
            task_id="depth-6",
            config={
                "TrainingJobName": "alone-depth-6-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/models/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 10,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 3600,
                },
            },
            spec="spec.yaml:22",
        )

    # spec.yaml:22
    with TaskGroup(
        group_id="alone-lanes",
    ):
        # spec.yaml:22
        alone_lanes_depth_4 = EmptyOperator(
            task_id="depth-4",
            on_failure_callback=None,
            outlets=[],
            trigger_rule="all_done",
        )

        # spec.yaml:22
        alone_lanes_all = EmptyOperator(
            task_id="all",
            on_failure_callback=None,
            outlets=[],
            trigger_rule="none_failed",
        )

    # spec.yaml:25
    with TaskGroup(
        group_id="wide",
    ):
        # spec.yaml:25
        TrainingJobOperator(
            task_id="depth-4",
            config={
                "TrainingJobName": "wide-depth-4-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/models/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 10,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 3600,
                },
            },
            spec="spec.yaml:25",
        )

    prepare.set_downstream(sweep)
    sweep.set_downstream(report)
    sweep_lanes_lr_0_1.set_downstream(sweep_lr_0_001)
    sweep_lr_0_1.set_downstream(sweep_lanes_lr_0_1)
    alone_lanes_depth_4.set_downstream(alone_depth_6)
    alone_depth_4.set_downstream(alone_lanes_depth_4)
    alone_depth_4.set_downstream(alone_lanes_all)

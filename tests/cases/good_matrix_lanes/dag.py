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
    # spec.yaml: jobs.prepare
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
        max_attempts=None,
        spec="spec.yaml: jobs.prepare",
    )

    # spec.yaml: jobs.sweep
    with TaskGroup(
        group_id="sweep",
    ) as sweep:
        # spec.yaml: jobs.sweep
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
            max_attempts=None,
            spec="spec.yaml: jobs.sweep",
        )

        # spec.yaml: jobs.sweep
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
            max_attempts=None,
            spec="spec.yaml: jobs.sweep",
        )

        # spec.yaml: jobs.sweep
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
            max_attempts=None,
            spec="spec.yaml: jobs.sweep",
        )

    # spec.yaml: jobs.sweep
    with TaskGroup(
        group_id="sweep-lanes",
    ):
        # spec.yaml: jobs.sweep
        sweep_lanes_lr_0_1 = EmptyOperator(
            task_id="lr-0.1",
            on_failure_callback=None,
            outlets=[],
            trigger_rule="all_done",
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
        max_attempts=None,
        trigger_rule="all_done",
        spec="spec.yaml: jobs.report",
    )

    # spec.yaml: jobs.alone
    with TaskGroup(
        group_id="alone",
    ):
        # spec.yaml: jobs.alone
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
            max_attempts=None,
            spec="spec.yaml: jobs.alone",
        )

        # spec.yaml: jobs.alone
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
            max_attempts=None,
            spec="spec.yaml: jobs.alone",
        )

    # spec.yaml: jobs.alone
    with TaskGroup(
        group_id="alone-lanes",
    ):
        # spec.yaml: jobs.alone
        alone_lanes_depth_4 = EmptyOperator(
            task_id="depth-4",
            on_failure_callback=None,
            outlets=[],
            trigger_rule="all_done",
        )

        # spec.yaml: jobs.alone
        alone_lanes_all = EmptyOperator(
            task_id="all",
            on_failure_callback=None,
            outlets=[],
            trigger_rule="none_failed",
        )

    # spec.yaml: jobs.wide
    with TaskGroup(
        group_id="wide",
    ):
        # spec.yaml: jobs.wide
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
            max_attempts=None,
            spec="spec.yaml: jobs.wide",
        )

    prepare.set_downstream(sweep)
    sweep.set_downstream(report)
    sweep_lanes_lr_0_1.set_downstream(sweep_lr_0_001)
    sweep_lr_0_1.set_downstream(sweep_lanes_lr_0_1)
    alone_lanes_depth_4.set_downstream(alone_depth_6)
    alone_depth_4.set_downstream(alone_lanes_depth_4)
    alone_depth_4.set_downstream(alone_lanes_all)

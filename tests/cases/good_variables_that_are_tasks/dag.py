from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TaskGroup
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="spec",
    schedule=None,
):
    # spec.yaml:19
    with TaskGroup(
        group_id="sweep",
    ):
        # spec.yaml:19
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
                    "S3OutputPath": "s3://bucket/sweep/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 20,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 1800,
                },
            },
            spec="spec.yaml:19",
        )

        # spec.yaml:19
        TrainingJobOperator(
            task_id="depth-6",
            config={
                "TrainingJobName": "sweep-6-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "OutputDataConfig": {
                    "S3OutputPath": "s3://bucket/sweep/",
                },
                "ResourceConfig": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 20,
                },
                "StoppingCondition": {
                    "MaxRuntimeInSeconds": 1800,
                },
            },
            spec="spec.yaml:19",
        )

    # spec.yaml:21
    report = BashOperator(
        task_id="report",
        bash_command="make report MODEL={{ ti.xcom_pull(task_ids='sweep.depth-4', key='model') }}",
        doc_md="Compiled from `spec.yaml:21`.",
    )

    sweep_depth_4.set_downstream(report)

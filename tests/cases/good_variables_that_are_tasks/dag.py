from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TaskGroup
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="spec",
    schedule=None,
):
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
            max_attempts=None,
            spec="spec.yaml: jobs.sweep",
        )

        # spec.yaml: jobs.sweep
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
            max_attempts=None,
            spec="spec.yaml: jobs.sweep",
        )

    # spec.yaml: tasks.report
    report = BashOperator(
        task_id="report",
        bash_command="make report MODEL={{ ti.xcom_pull(task_ids='sweep.depth-4', key='model') }}",
        doc_md="Compiled from `spec.yaml: tasks.report`.",
    )

    sweep_depth_4.set_downstream(report)

from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml:4
    prepare_data = TrainingJobOperator(
        task_id="prepare-data",
        config={
            "TrainingJobName": "job-{{ ds }}",
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
        spec="spec.yaml:4",
    )

    # spec.yaml:11
    task_class = TrainingJobOperator(
        task_id="class",
        config={
            "TrainingJobName": "job-{{ ds }}",
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
        spec="spec.yaml:11",
    )

    # spec.yaml:19
    task_2nd = TrainingJobOperator(
        task_id="2nd",
        config={
            "TrainingJobName": "job-{{ ds }}",
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
        spec="spec.yaml:19",
    )

    # spec.yaml:27
    TrainingJobOperator(
        task_id="alone",
        config={
            "TrainingJobName": "job-{{ ds }}",
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
        spec="spec.yaml:27",
    )

    prepare_data.set_downstream(task_class)
    task_class.set_downstream(task_2nd)
    prepare_data.set_downstream(task_2nd)

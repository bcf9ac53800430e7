from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ ds }}",
            "AlgorithmSpecification": {
                "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
                "ContainerEntrypoint": [
                    "python",
                    "-m",
                    "my module",
                    "--date",
                    "{{ ds | replace('-', ' ') }}",
                ],
                "ContainerArguments": [
                    "--epochs",
                    "10",
                    "--flag",
                ],
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "HyperParameters": {
                "criterion": '"gini"',
                "trees": "100",
                "sagemaker_program": '"train.py"',
                "sagemaker_submit_directory": '"s3://bucket/{{ ds }}/code.tar.gz"',
                "sagemaker_container_log_level": "20",
                "sagemaker_region": '"us-east-1"',
                "sagemaker_job_name": '"job-{{ ds }}"',
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
        region_name="us-east-1",
        max_attempts=None,
        spec="spec.yaml: jobs.train",
    )

import pendulum
from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="churn",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
    catchup=False,
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "x-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/ProdRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://prod-bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.4xlarge",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
            "Tags": [
                {
                    "Key": "stage",
                    "Value": "prod",
                },
            ],
        },
        max_attempts=None,
        spec="spec.yaml: jobs.train",
    )

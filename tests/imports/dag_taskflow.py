from airflow.decorators import dag, task
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from pendulum import datetime

CONFIG = {
    "Training": {
        "TrainingJobName": "knn-{{ ts_nodash }}",
        "AlgorithmSpecification": {
            "TrainingImage": "404615174143.dkr.ecr.us-east-2.amazonaws.com/knn:1",
            "TrainingInputMode": "File",
        },
        "HyperParameters": {"predictor_type": "classifier", "feature_dim": "4", "k": "3", "sample_size": "150"},
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/processed/train.csv"}
                },
                "ContentType": "text/csv",
                "InputMode": "File",
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/results"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
        "StoppingCondition": {"MaxRuntimeInSeconds": 6000},
    }
}


@dag(schedule=None, start_date=datetime(2025, 1, 1), catchup=False, doc_md="# kNN")
def knn_pipeline():
    @task
    def prepare():
        return 1

    train = SageMakerTrainingOperator(task_id="train", config=CONFIG, wait_for_completion=False)
    prepare() >> train


knn_pipeline()

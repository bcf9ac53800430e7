from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator

BUCKET = "my-bucket"
ROLE = "arn:aws:iam::123456789012:role/SageMakerRole"

default_args = {
    "owner": "ml-team",
    "depends_on_past": False,
    "start_date": datetime(2025, 1, 1),
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "on_failure_callback": lambda context: print(context),
}

training_config = {
    "TrainingJobName": "xgboost-{{ ds_nodash }}",
    "AlgorithmSpecification": {
        "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        "TrainingInputMode": "File",
    },
    "RoleArn": ROLE,
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": f"s3://{BUCKET}/train/" + "{{ ds }}",
                    "S3DataDistributionType": "FullyReplicated",
                }
            },
            "ContentType": "text/csv",
        }
    ],
    "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models"},
    "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10 * 3},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60 * 60},
    "HyperParameters": {"num_round": "100", "eta": str(0.2), "objective": "reg:squarederror"},
}

with DAG(
    "train_xgboost",
    default_args=default_args,
    schedule_interval="@daily",
    catchup=False,
    max_active_runs=1,
    tags=["ml"],
) as dag:
    prepare = PythonOperator(task_id="prepare", python_callable=print)

    train = SageMakerTrainingOperator(
        task_id="train_model",
        config=training_config,
        aws_conn_id="aws_ml",
        wait_for_completion=True,
        print_log=True,
        check_interval=60,
        execution_timeout=timedelta(hours=2),
    )

    prepare >> train

import pendulum
from airflow.providers.amazon.aws.operators.sagemaker import (
    SageMakerEndpointOperator,
    SageMakerProcessingOperator,
    SageMakerTransformOperator,
)
from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
):
    # spec.yaml: jobs.train
    train = TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "t-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://my-bucket/models/",
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

    # spec.yaml: tasks.endpoint
    endpoint = SageMakerEndpointOperator(
        task_id="endpoint",
        config={
            "EndpointConfigName": "churn-{{ ds_nodash }}",
            "EndpointName": "churn",
        },
        operation="update",
        doc_md="Compiled from `spec.yaml: tasks.endpoint`.",
    )

    # spec.yaml: tasks.process
    SageMakerProcessingOperator(
        task_id="process",
        config={
            "AppSpecification": {
                "ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/prepare:1",
            },
            "ProcessingJobName": "prepare-{{ ts_nodash }}",
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": "ml.m5.large",
                    "VolumeSizeInGB": 30,
                },
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
        },
        doc_md="Compiled from `spec.yaml: tasks.process`.",
    )

    # spec.yaml: tasks.transform
    transform = SageMakerTransformOperator(
        task_id="transform",
        config={
            "Model": {
                "ExecutionRoleArn": "SageMakerRole",
                "ModelName": "churn-{{ ds_nodash }}",
                "PrimaryContainer": {
                    "Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "ModelDataUrl": "{{ ti.xcom_pull(task_ids='train', key='model') }}",
                },
            },
            "Transform": {
                "ModelName": "churn-{{ ds_nodash }}",
                "TransformInput": {
                    "ContentType": "text/csv",
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": "s3://my-bucket/in/{{ ds }}/",
                        },
                    },
                },
                "TransformJobName": "churn-{{ ds_nodash }}",
                "TransformOutput": {
                    "S3OutputPath": "s3://my-bucket/out/",
                },
                "TransformResources": {
                    "InstanceCount": "{{ params.n }}",
                    "InstanceType": "ml.m5.large",
                },
            },
        },
        params={
            "n": 1,
        },
        doc_md="Compiled from `spec.yaml: tasks.transform`.",
    )

    train.set_downstream(endpoint)
    train.set_downstream(transform)

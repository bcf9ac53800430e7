import pendulum
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, TaskGroup
from my_team.operators import ReportOperator
from trainspec.runtime import BestPoint, MetricGate, TrainingJobOperator

with DAG(
    dag_id="spec",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
    catchup=False,
):
    # spec.yaml: jobs.sweep
    with TaskGroup(
        group_id="sweep",
    ) as sweep:
        # spec.yaml: jobs.sweep
        sweep_depth_4 = TrainingJobOperator(
            task_id="depth-4",
            config={
                "TrainingJobName": "sweep-depth-4-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "HyperParameters": {
                    "eta": "0.10",
                    "max_depth": "4",
                    "num_round": "10",
                },
                "InputDataConfig": [
                    {
                        "ChannelName": "train",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "s3://bucket/train/",
                                "S3DataType": "S3Prefix",
                            },
                        },
                        "ContentType": "text/csv",
                    },
                ],
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
            spec="spec.yaml: jobs.sweep",
        )

        # spec.yaml: jobs.sweep.proceed_if
        sweep_depth_4_gate = MetricGate(
            task_id="depth-4.gate",
            training_task_id="sweep.depth-4",
            conditions=[
                {
                    "metric": "train:rmse",
                    "below": 2,
                },
            ],
        )

        # spec.yaml: jobs.sweep
        sweep_depth_6 = TrainingJobOperator(
            task_id="depth-6",
            config={
                "TrainingJobName": "sweep-depth-6-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "HyperParameters": {
                    "eta": "0.10",
                    "max_depth": "6",
                    "num_round": "10",
                },
                "InputDataConfig": [
                    {
                        "ChannelName": "train",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "s3://bucket/train/",
                                "S3DataType": "S3Prefix",
                            },
                        },
                        "ContentType": "text/csv",
                    },
                ],
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
            spec="spec.yaml: jobs.sweep",
        )

        # spec.yaml: jobs.sweep.proceed_if
        sweep_depth_6_gate = MetricGate(
            task_id="depth-6.gate",
            training_task_id="sweep.depth-6",
            conditions=[
                {
                    "metric": "train:rmse",
                    "below": 2,
                },
            ],
        )

    # spec.yaml: jobs.sweep
    with TaskGroup(
        group_id="sweep-lanes",
    ):
        # spec.yaml: jobs.sweep
        sweep_lanes_depth_4 = EmptyOperator(
            task_id="depth-4",
            trigger_rule="all_done",
        )

    # spec.yaml: jobs.all
    all = TrainingJobOperator(
        task_id="all",
        config={
            "TrainingJobName": "all-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "HyperParameters": {
                "eta": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='hyperparameters')['eta'] }}",
                "max_depth": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='hyperparameters')['max_depth'] }}",
                "num_round": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='hyperparameters')['num_round'] }}",
            },
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://bucket/train/",
                            "S3DataType": "S3Prefix",
                        },
                    },
                    "ContentType": "text/csv",
                },
            ],
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
        spec="spec.yaml: jobs.all",
    )

    # spec.yaml: jobs.all.proceed_if
    all_gate = MetricGate(
        task_id="all.gate",
        training_task_id="all",
        conditions=[
            {
                "metric": "train:rmse",
                "at_most": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='metrics')['train:rmse'] }}",
            },
        ],
    )

    # spec.yaml: jobs.deep
    deep = TrainingJobOperator(
        task_id="deep",
        config={
            "TrainingJobName": "deep-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "HyperParameters": {
                "max_depth": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='hyperparameters')['max_depth'] }}",
                "num_round": "10",
            },
            "Environment": {
                "ARN": "{{ ti.xcom_pull(task_ids='sweep-best-train-mae-max', key='arn') }}",
                "IMAGES": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                "PARENT": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min') }}",
            },
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://bucket/train/",
                            "S3DataType": "S3Prefix",
                        },
                    },
                    "ContentType": "text/csv",
                },
            ],
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
        spec="spec.yaml: jobs.deep",
    )

    # spec.yaml: tasks.notify
    notify = ReportOperator(
        task_id="notify",
        best={
            "eta": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='hyperparameters')['eta'] }}",
            "max_depth": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='hyperparameters')['max_depth'] }}",
            "num_round": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='hyperparameters')['num_round'] }}",
        },
        image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        doc_md="Compiled from `spec.yaml: tasks.notify`.",
    )

    # spec.yaml: jobs.sweep
    sweep_best_train_mae_max = BestPoint(
        task_id="sweep-best-train-mae-max",
        goal="max",
        metric="train:mae",
        points=[
            {
                "task_id": "sweep.depth-4",
                "gate": "sweep.depth-4.gate",
            },
            {
                "task_id": "sweep.depth-6",
                "gate": "sweep.depth-6.gate",
            },
        ],
        trigger_rule="none_failed_min_one_success",
        doc_md="Compiled from `spec.yaml: jobs.sweep`.",
    )

    # spec.yaml: jobs.sweep
    sweep_best_train_rmse_min = BestPoint(
        task_id="sweep-best-train-rmse-min",
        goal="min",
        metric="train:rmse",
        points=[
            {
                "task_id": "sweep.depth-4",
                "gate": "sweep.depth-4.gate",
                "hyperparameters": {
                    "eta": "0.10",
                    "max_depth": "4",
                    "num_round": "10",
                },
            },
            {
                "task_id": "sweep.depth-6",
                "gate": "sweep.depth-6.gate",
                "hyperparameters": {
                    "eta": "0.10",
                    "max_depth": "6",
                    "num_round": "10",
                },
            },
        ],
        trigger_rule="none_failed_min_one_success",
        doc_md="Compiled from `spec.yaml: jobs.sweep`.",
    )

    # spec.yaml: triggers.next
    next = TriggerDagRunOperator(
        task_id="next",
        trigger_dag_id="case",
        conf={
            "job": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min') }}",
            "model": "{{ ti.xcom_pull(task_ids='sweep-best-train-rmse-min', key='model') }}",
        },
        doc_md="Compiled from `spec.yaml: triggers.next`.",
    )

    sweep_best_train_rmse_min.set_downstream(all)
    all.set_downstream(all_gate)
    sweep_best_train_mae_max.set_downstream(deep)
    sweep_best_train_rmse_min.set_downstream(deep)
    sweep_best_train_rmse_min.set_downstream(notify)
    sweep.set_downstream(sweep_best_train_mae_max)
    sweep.set_downstream(sweep_best_train_rmse_min)
    sweep_best_train_rmse_min.set_downstream(next)
    sweep_depth_4.set_downstream(sweep_depth_4_gate)
    sweep_lanes_depth_4.set_downstream(sweep_depth_6)
    sweep_depth_6.set_downstream(sweep_depth_6_gate)
    sweep_depth_4.set_downstream(sweep_lanes_depth_4)

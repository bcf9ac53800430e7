from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, TaskGroup
from trainspec.runtime import BestPoint, MetricGate, TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: the task group inputs
    with TaskGroup(
        group_id="inputs",
        prefix_group_id=False,
    ):
        # spec.yaml: sensors.raw
        raw = S3KeySensor(
            task_id="raw",
            bucket_key="s3://bucket/raw.csv",
            doc_md="Compiled from `spec.yaml: sensors.raw`.",
        )

        # spec.yaml: tasks.labels
        labels = BashOperator(
            task_id="labels",
            bash_command="make labels",
            doc_md="Compiled from `spec.yaml: tasks.labels`.",
        )

    # spec.yaml: jobs.prepare
    prepare = TrainingJobOperator(
        task_id="prepare",
        config={
            "TrainingJobName": "prepare-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
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
        max_attempts=None,
        spec="spec.yaml: jobs.prepare",
    )

    # spec.yaml: the task group models
    with TaskGroup(
        group_id="models",
        prefix_group_id=False,
    ):
        # spec.yaml: jobs.train
        train = TrainingJobOperator(
            task_id="train",
            config={
                "TrainingJobName": "train-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "MetricDefinitions": [
                        {
                            "Name": "auc",
                            "Regex": "auc=([0-9.]+)",
                        },
                    ],
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
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
            max_attempts=None,
            spec="spec.yaml: jobs.train",
        )

        # spec.yaml: jobs.train.proceed_if
        train_gate = MetricGate(
            task_id="train.gate",
            training_task_id="train",
            conditions=[
                {
                    "metric": "auc",
                    "at_least": 0.8,
                },
            ],
        )

        # spec.yaml: the task group models.risk
        with TaskGroup(
            group_id="models-risk",
            group_display_name="risk",
            prefix_group_id=False,
        ):
            # spec.yaml: jobs.models.risk.score
            models_risk_score = TrainingJobOperator(
                task_id="models.risk.score",
                config={
                    "TrainingJobName": "score-{{ ts_nodash }}",
                    "AlgorithmSpecification": {
                        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                        "TrainingInputMode": "File",
                    },
                    "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                    "InputDataConfig": [
                        {
                            "ChannelName": "model",
                            "DataSource": {
                                "S3DataSource": {
                                    "S3Uri": "{{ ti.xcom_pull(task_ids='train', key='model') }}",
                                    "S3DataType": "S3Prefix",
                                },
                            },
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
                max_attempts=None,
                spec="spec.yaml: jobs.models.risk.score",
            )

            # spec.yaml: the task group models.risk.sweeps
            with TaskGroup(
                group_id="models-risk-sweeps",
                group_display_name="sweeps",
                prefix_group_id=False,
            ):
                # spec.yaml: jobs.sweep
                with TaskGroup(
                    group_id="sweep",
                ) as sweep:
                    # spec.yaml: jobs.sweep
                    sweep_depth_4 = TrainingJobOperator(
                        task_id="depth-4",
                        config={
                            "TrainingJobName": "sweep-4-{{ ts_nodash }}",
                            "AlgorithmSpecification": {
                                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                                "MetricDefinitions": [
                                    {
                                        "Name": "auc",
                                        "Regex": "auc=([0-9.]+)",
                                    },
                                ],
                                "TrainingInputMode": "File",
                            },
                            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
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
                                "MetricDefinitions": [
                                    {
                                        "Name": "auc",
                                        "Regex": "auc=([0-9.]+)",
                                    },
                                ],
                                "TrainingInputMode": "File",
                            },
                            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
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
                        max_attempts=None,
                        spec="spec.yaml: jobs.sweep",
                    )

                    # spec.yaml: jobs.sweep
                    sweep_depth_8 = TrainingJobOperator(
                        task_id="depth-8",
                        config={
                            "TrainingJobName": "sweep-8-{{ ts_nodash }}",
                            "AlgorithmSpecification": {
                                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                                "MetricDefinitions": [
                                    {
                                        "Name": "auc",
                                        "Regex": "auc=([0-9.]+)",
                                    },
                                ],
                                "TrainingInputMode": "File",
                            },
                            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
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
                        max_attempts=None,
                        spec="spec.yaml: jobs.sweep",
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

                # spec.yaml: jobs.sweep
                sweep_best_auc_max = BestPoint(
                    task_id="sweep-best-auc-max",
                    goal="max",
                    metric="auc",
                    points=[
                        {
                            "task_id": "sweep.depth-4",
                        },
                        {
                            "task_id": "sweep.depth-6",
                        },
                        {
                            "task_id": "sweep.depth-8",
                        },
                    ],
                    trigger_rule="none_failed_min_one_success",
                    doc_md="Compiled from `spec.yaml: jobs.sweep`.",
                )

    # spec.yaml: the task group choose-1
    with TaskGroup(
        group_id="choose-1",
        prefix_group_id=False,
    ):
        # spec.yaml: jobs.choose
        choose = TrainingJobOperator(
            task_id="choose",
            config={
                "TrainingJobName": "choose-{{ ts_nodash }}",
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
                "InputDataConfig": [
                    {
                        "ChannelName": "best",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "{{ ti.xcom_pull(task_ids='sweep-best-auc-max', key='model') }}",
                                "S3DataType": "S3Prefix",
                            },
                        },
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
            max_attempts=None,
            spec="spec.yaml: jobs.choose",
        )

    # spec.yaml: the task group reports
    with TaskGroup(
        group_id="reports",
        prefix_group_id=False,
    ):
        # spec.yaml: the task group reports.risk
        with TaskGroup(
            group_id="reports-risk",
            group_display_name="risk",
            prefix_group_id=False,
        ):
            # spec.yaml: tasks.report
            report = BashOperator(
                task_id="report",
                bash_command="make report",
                doc_md="Compiled from `spec.yaml: tasks.report`.",
            )

        # spec.yaml: triggers.deploy
        deploy = TriggerDagRunOperator(
            task_id="deploy",
            trigger_dag_id="deploy_churn",
            conf={
                "job": "{{ ti.xcom_pull(task_ids='train') }}",
                "model": "{{ ti.xcom_pull(task_ids='train', key='model') }}",
            },
            doc_md="Compiled from `spec.yaml: triggers.deploy`.",
        )

    raw.set_downstream(prepare)
    labels.set_downstream(prepare)
    prepare.set_downstream(train)
    train.set_downstream(train_gate)
    sweep_best_auc_max.set_downstream(choose)
    train_gate.set_downstream(deploy)
    train_gate.set_downstream(models_risk_score)
    choose.set_downstream(report)
    sweep.set_downstream(sweep_best_auc_max)
    sweep_lanes_depth_4.set_downstream(sweep_depth_8)
    sweep_depth_4.set_downstream(sweep_lanes_depth_4)

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: jobs.train
    train = TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ ds }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "Environment": {
                "A": "{{ ds_nodash }} {{ ts }} {{ ts_nodash }} {{ logical_date.year }}",
                "B": "{{ macros.ds_add(ds, -7) }}/{{ logical_date | ds }}",
                "C": "{{ dag_run.conf.get('x', 'y') }}{{ ti.xcom_pull('a') }}{{ var.value.get('k') }}",
                "D": "{% if params.x %}{{ run_id }}{% else %}{{ dag.dag_id | upper }}{% endif %}",
                "E": "{{ (data_interval_end - macros.timedelta(days=1)).strftime('%Y/%m') }}",
                "F": "{% for i in [1, 2] %}{{ i }}{% endfor %}",
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
                "MaxRuntimeInSeconds": 3600,
            },
        },
        max_attempts=None,
        spec="spec.yaml: jobs.train",
    )

    # spec.yaml: tasks.a
    a = BashOperator(
        task_id="a",
        bash_command="echo a",
        doc_md="Compiled from `spec.yaml: tasks.a`.",
    )

    a.set_downstream(train)

"""DAG files as people write them, each with one way of building a training request."""

import textwrap
from collections.abc import Mapping

HEAD = """
import os
from datetime import datetime, timedelta
from airflow import DAG
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
    from airflow.sdk import TaskGroup, chain, cross_downstream, dag, task, task_group
except ImportError:
    from airflow.decorators import dag, task, task_group
    from airflow.models.baseoperator import chain, cross_downstream
    from airflow.operators.bash import BashOperator
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator, PythonOperator
    from airflow.utils.task_group import TaskGroup
START = datetime(2025, 3, 1)
def request(name="churn", machine="ml.m5.large", **more):
    return {
        "TrainingJobName": name + "-{{ ts_nodash }}",
        "RoleArn": "arn:aws:iam::111122223333:role/Train",
        "AlgorithmSpecification": {
            "TrainingImage": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:4", "TrainingInputMode": "File",
        },
        "OutputDataConfig": {"S3OutputPath": "s3://acme-models/churn/"},
        "ResourceConfig": {"InstanceType": machine, "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 7200},
        **more,
    }
"""

HELPERS = """
import json
from pathlib import Path
BUCKET = "acme-models"
MACHINES = {"small": ["ml.m5.large", 1], "large": ["ml.m5.4xlarge", 2]}
def output(team):
    return {"S3OutputPath": f"s3://{BUCKET}/{team}/"}
def features(day, size=3):
    return day
def choose():
    return "train"
def page(context):
    pass
def settings():
    return json.loads(Path(__file__).with_name("style_settings.json").read_text())
class Shape:
    def __init__(self, count):
        self.count = count
    def resources(self):
        return {"InstanceType": "ml.c5.xlarge", "InstanceCount": self.count, "VolumeSizeInGB": 50}
"""
PACKAGES = {
    "sagemaker/estimator.py": """
class Estimator:
    max_run = 86400
    def __init__(self, image_uri, role, instance_count, instance_type, output_path, hyperparameters=None):
        self.image_uri, self.role, self.output_path = image_uri, role, output_path
        self.instance_count, self.instance_type, self.hyperparameters = instance_count, instance_type, hyperparameters
""",
    "sagemaker/workflow/airflow.py": """
import time
def training_config(estimator, inputs=None, job_name=None, mini_batch_size=None):
    config = {
        "AlgorithmSpecification": {"TrainingImage": estimator.image_uri, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": estimator.output_path},
        "TrainingJobName": job_name or "churn-" + time.strftime("%Y-%m-%d-%H-%M-%S", time.gmtime(time.time())),
        "StoppingCondition": {"MaxRuntimeInSeconds": estimator.max_run},
        "ResourceConfig": {
            "InstanceCount": estimator.instance_count, "InstanceType": estimator.instance_type, "VolumeSizeInGB": 30,
        },
        "RoleArn": estimator.role,
    }
    if inputs is not None:
        source = {"S3DataType": "S3Prefix", "S3Uri": inputs, "S3DataDistributionType": "FullyReplicated"}
        config["InputDataConfig"] = [{"DataSource": {"S3DataSource": source}, "ChannelName": "training"}]
    if estimator.hyperparameters:
        config["HyperParameters"] = dict(estimator.hyperparameters)
    return config
""",
    "astronomer/providers/amazon/aws/operators/sagemaker.py": """
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
class SageMakerTrainingOperatorAsync(SageMakerTrainingOperator):
    def execute(self, context):
        self.defer(trigger=None, method_name="execute_complete")
    def execute_complete(self, context, event=None):
        return event
""",
}
"""Other people's packages in the form of the real ones: what is installed next to Airflow, by its path."""
SETTINGS = '{"epochs": "12", "loss": "logloss"}'

STYLES = {
    "function_of_the_file": """
        with DAG("D", start_date=START, schedule="@daily", catchup=False):
            SageMakerTrainingOperator(task_id="train", config=request("first", "ml.m5.xlarge"))
        """,
    "imported_function": """
        import style_helpers
        with DAG("D", start_date=START, schedule=None):
            SageMakerTrainingOperator(task_id="train", config=request(OutputDataConfig=style_helpers.output("risk")))
        """,
    "module_attribute": """
        import style_helpers as gv
        with DAG("D", start_date=START, schedule=None):
            path = {"S3OutputPath": "s3://" + gv.BUCKET + "/x/"}
            SageMakerTrainingOperator(task_id="train", config=request(OutputDataConfig=path))
        """,
    "subscripts": """
        from style_helpers import MACHINES
        with DAG("D", start_date=START, schedule=None):
            for size in MACHINES:
                SageMakerTrainingOperator(task_id=f"train_{size}", config=request(size, MACHINES[size][0]))
        """,
    "formats": """
        with DAG("D", start_date=START, schedule=None):
            out = "s3://{bucket}/{team}/".format(bucket="acme", team="risk")
            key = "%s-%03d" % ("run", 7)
            SageMakerTrainingOperator(
                task_id="train", config=request(OutputDataConfig={"S3OutputPath": out}, Environment={"KEY": key})
            )
        """,
    "environment": """
        with DAG("D", start_date=START, schedule=None):
            count = int(os.getenv("TRAIN_SIZE", "3"))
            config = request(Environment={"STAGE": os.environ.get("TRAIN_STAGE", "test")})
            config["ResourceConfig"]["InstanceCount"] = count
            SageMakerTrainingOperator(task_id="train", config=config, aws_conn_id=os.getenv("TRAIN_CONN", "aws_train"))
        """,
    "factory": """
        def make(dag_id, machine, schedule):
            with DAG(dag_id, start_date=START, schedule=schedule, catchup=False) as made:
                SageMakerTrainingOperator(task_id="train", config=request(dag_id.replace("_", "-")[:20], machine))
            return made
        made = make("D", "ml.c5.xlarge", "0 5 * * *")
        """,
    "mutation": """
        config = request()
        config["HyperParameters"] = {"eta": "0.2"}
        config["HyperParameters"].update(depth="6")
        config.setdefault("Tags", []).append({"Key": "team", "Value": "risk"})
        with DAG("D", start_date=START, schedule=None):
            first = SageMakerTrainingOperator(task_id="train", config=config)
        first.config["EnableManagedSpotTraining"] = False
        first.trigger_rule = "all_done"
        """,
    "groups": """
        with DAG("D", start_date=START, schedule="@weekly") as made:
            start = EmptyOperator(task_id="start")
            with TaskGroup("models") as models:
                with TaskGroup("risk"):
                    SageMakerTrainingOperator(task_id="train", config=request("risk"))
                with TaskGroup("fraud", prefix_group_id=False):
                    SageMakerTrainingOperator(task_id="fraud_train", config=request("fraud"))
            start >> models >> BashOperator(task_id="report", bash_command="echo {{ ds }}")
        """,
    "groups_of_functions": """
        @task_group(default_args={"retries": 3, "pool": "gpu"})
        def area(name):
            SageMakerTrainingOperator(task_id="train", config=request(name))
            with TaskGroup("checks", default_args={"retries": 1}):
                BashOperator(task_id="check", bash_command="check")
        with DAG("D", start_date=START, schedule=None, default_args={"retries": 2}):
            area("risk") >> area("fraud") >> area.override(group_id="rest")("rest")
        """,
    "edges": """
        with DAG("D", start_date=START, schedule=None):
            ready = [EmptyOperator(task_id=f"ready_{n}") for n in range(2)]
            jobs = [SageMakerTrainingOperator(task_id=f"train_{n}", config=request(n)) for n in "ab"]
            done = EmptyOperator(task_id="done", trigger_rule="none_failed")
            cross_downstream(ready, jobs)
            chain(jobs, done)
            ready[0].set_downstream(done)
        """,
    "arguments_of_a_dict": """
        ARGS = {"dag_id": "D", "start_date": START, "schedule": timedelta(hours=6), "max_active_runs": 1}
        with DAG(**ARGS, tags=["risk"]):
            COMMON = dict(check_interval=60, wait_for_completion=True)
            SageMakerTrainingOperator(task_id="train", config=request(), **COMMON)
        """,
    "decorated": """
        @dag(dag_id="D", start_date=START, schedule="30 4 * * 1", catchup=False, doc_md="Trains weekly.")
        def weekly(machine="ml.m5.large"):
            wait = S3KeySensor(task_id="wait", bucket_key="s3://acme-data/{{ ds }}/done", poke_interval=60)
            wait >> SageMakerTrainingOperator(task_id="train", config=request(machine="ml.m5.large"))
        weekly()
        """,
    "mapped": """
        with DAG("D", start_date=START, schedule=None):
            start = EmptyOperator(task_id="start")
            start >> SageMakerTrainingOperator.partial(task_id="train", aws_conn_id="aws_train").expand(
                config=[request(name) for name in ("one", "two", "three")]
            )
        """,
    "default_arguments": """
        import style_helpers
        DEFAULTS = {"owner": "risk", "retries": 2, "retry_delay": timedelta(minutes=3), "aws_conn_id": "aws_risk",
                    "on_failure_callback": style_helpers.page, "start_date": START}
        with DAG("D", default_args=DEFAULTS, schedule="@daily", catchup=False):
            SageMakerTrainingOperator(task_id="train", config=request())
            SageMakerTrainingOperator(task_id="again", config=request("again"), retries=0, pool="gpu")
        """,
    "own_class": """
        class Train(SageMakerTrainingOperator):
            ui_color = "#fa0"
            def __init__(self, *, size, **kwargs):
                super().__init__(config=request(f"size-{size}"), check_interval=120, **kwargs)
        with DAG("D", start_date=START, schedule=None):
            Train(task_id="train", size=3) >> Train(task_id="more", size=4)
        """,
    "imported_callables": """
        from style_helpers import choose, features
        with DAG("D", start_date=START, schedule=None):
            prepare = PythonOperator(task_id="prepare", python_callable=features, op_kwargs={"day": "{{ ds }}"})
            pick = BranchPythonOperator(task_id="pick", python_callable=choose)
            train = SageMakerTrainingOperator(task_id="train", config=request())
            prepare >> pick >> [train, EmptyOperator(task_id="no")]
        """,
    "timetable": """
        from airflow.timetables.trigger import CronTriggerTimetable
        with DAG("D", start_date=START, schedule=CronTriggerTimetable("15 3 * * *", timezone="UTC"), catchup=False):
            SageMakerTrainingOperator(task_id="train", config=request())
        """,
    "assets": """
        try:
            from airflow.sdk import Asset
        except ImportError:
            from airflow.datasets import Dataset as Asset
        made, used = Asset("s3://acme-models/churn/"), Asset("s3://acme-data/churn/")
        with DAG("D", start_date=START, schedule=[used]):
            config = request()
            config["TrainingJobName"] = "churn-{{ dag_run.run_after | ts_nodash }}"
            SageMakerTrainingOperator(task_id="train", config=config, outlets=[made])
        """,
    "conditions": """
        BIG = os.environ.get("TRAIN_BIG") == "1"
        try:
            from settings_of_production import MACHINE
        except ImportError:
            MACHINE = "ml.m5.2xlarge"
        with DAG("D", start_date=START, schedule=None):
            config = request(machine=MACHINE if not BIG else "ml.p3.2xlarge")
            train = SageMakerTrainingOperator(task_id="train", config=config)
            if not BIG:
                train >> EmptyOperator(task_id="small")
        """,
    "file_of_settings": """
        from style_helpers import settings
        with DAG("D", start_date=START, schedule=None, params={"rows": 100}):
            SageMakerTrainingOperator(task_id="train", config=request(HyperParameters=settings()))
        """,
    "objects": """
        from functools import partial
        from style_helpers import Shape
        train = partial(SageMakerTrainingOperator, wait_for_completion=True, print_log=False)
        with DAG("D", start_date=START, schedule=None):
            train(task_id="train", config=request(ResourceConfig=Shape(4).resources()), max_ingestion_time=3600)
        """,
    "numbers": """
        with DAG("D", start_date=START, schedule=None):
            grid = [(depth, eta) for depth in (4, 6) for eta in (0.1, 0.3) if depth * eta < 1.5]
            for number, (depth, eta) in enumerate(grid):
                SageMakerTrainingOperator(
                    task_id=f"train_{number}",
                    config=request(f"p{number}", HyperParameters={"max_depth": str(depth), "eta": str(eta)}),
                )
        """,
    "estimator": """
        from sagemaker.estimator import Estimator
        from sagemaker.workflow.airflow import training_config
        estimator = Estimator(
            image_uri="111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:4",
            role="arn:aws:iam::111122223333:role/Train",
            instance_count=2, instance_type="ml.c5.xlarge", output_path="s3://acme-models/churn/",
            hyperparameters={"eta": "0.2"},
        )
        with DAG("D", start_date=START, schedule="@daily", catchup=False):
            config = training_config(estimator, "s3://acme-data/{{ ds }}/", job_name="churn-{{ ts_nodash }}")
            SageMakerTrainingOperator(task_id="train", config=config)
        """,
    "asynchronous": """
        from astronomer.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperatorAsync
        with DAG("D", start_date=START, schedule=None):
            config = request(OutputDataConfig={"S3OutputPath": "s3://{}/{}/".format("acme-models", "risk")})
            SageMakerTrainingOperatorAsync(task_id="train", config=config, aws_conn_id="aws_train")
        """,
    "own_asynchronous_class": """
        from astronomer.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperatorAsync
        class Train(SageMakerTrainingOperatorAsync):
            ui_color = "#0af"
        with DAG("D", start_date=START, schedule=None):
            Train(task_id="train", config=request())
        """,
    "parameters_of_a_factory": """
        def add_training(dag, team, machine="ml.m5.large", **more):
            return SageMakerTrainingOperator(
                task_id="train_" + team, config=request(team, machine), dag=dag, **more
            )
        dag_of_file = DAG("D", start_date=START, schedule="@daily", catchup=False)
        add_training(dag_of_file, "risk") >> add_training(dag_of_file, "fraud", machine="ml.c5.xlarge", retries=3)
        """,
}
"""The body of each file, by the name of its style; its DAG is called D there."""

ONLY_LOADED: Mapping[str, str] = {
    "formats": 'key = "%s-%03d"',
    "environment": "int(os.getenv(",
    "mapped": "SageMakerTrainingOperator.partial(",
    "own_class": 'Train(task_id="train"',
    "assets": "made, used = Asset(",
    "conditions": "config = request(machine=",
    "file_of_settings": "from style_helpers import settings",
    "objects": "Shape(4).resources()",
    "estimator": "training_config(estimator, ",
}
"""Styles that cannot be read without loading, and the part of the line that is noted then."""

LOST: Mapping[str, tuple[str, str]] = {
    "template_as_config": (
        """
        with DAG("D", start_date=START, schedule=None, render_template_as_native_obj=True):
            SageMakerTrainingOperator(task_id="train", config="{{ ti.xcom_pull(task_ids='settings') }}")
        """,
        'config="{{ ti',
    ),
    "config_of_a_task": (
        """
        with DAG("D", start_date=START, schedule=None):
            @task
            def settings():
                return request()
            SageMakerTrainingOperator(task_id="train", config=settings())
        """,
        "config=settings()",
    ),
    "operator_in_a_callable": (
        """
        def train(**context):
            SageMakerTrainingOperator(task_id="inner", config=request()).execute(context)
        with DAG("D", start_date=START, schedule=None):
            PythonOperator(task_id="train", python_callable=train) >> EmptyOperator(task_id="done")
        """,
        "PythonOperator(task_id=",
    ),
    "operator_in_a_task": (
        """
        with DAG("D", start_date=START, schedule=None):
            @task
            def train(**context):
                operator = SageMakerTrainingOperator(task_id="inner", config=request())
                return operator.execute(context)
            train()
        """,
        "    train()",
    ),
    "name_of_the_sdk": (
        """
        from sagemaker.estimator import Estimator
        from sagemaker.workflow.airflow import training_config
        with DAG("D", start_date=START, schedule=None):
            estimator = Estimator("image", "role", 1, "ml.m5.large", "s3://acme-models/churn/")
            SageMakerTrainingOperator(task_id="train", config=training_config(estimator))
        """,
        "training_config(estimator))",
    ),
}
"""What no spec can express, whichever way the file is imported, and the part of the line that is noted."""


READS = """
from airflow import models
try:
    from airflow.sdk import BaseHook, Connection
except ImportError:
    from airflow.hooks.base import BaseHook
    Connection = None
from airflow.models import Variable
OUT = "s3://" + Variable.get(default_var="hunter2", key="bucket") + "/"
HOST = BaseHook.get_connection("lake").host
if Connection is not None:
    HOST = Connection.get(conn_id="lake").host
LOGIN = models.Connection.get_connection_from_secrets("lake").login
STAGE = os.getenv("TRAIN_STAGE", "test")
with DAG("reads", start_date=START, schedule=None):
    more = {"OutputDataConfig": {"S3OutputPath": OUT}, "Environment": {"HOST": HOST, "WHO": LOGIN, "STAGE": STAGE}}
    SageMakerTrainingOperator(task_id="train", config=request(**more))
"""
"""Files that read variables and connections while they are loaded."""


def text_of(style: str) -> str:
    """The complete file of a style."""
    body = STYLES[style] if style in STYLES else LOST[style][0]
    return HEAD + textwrap.dedent(body).replace('"D"', f'"{style}"')


def line_of(style: str, part: str) -> int:
    """The number of the only line of a style that contains `part`."""
    (found,) = (number for number, line in enumerate(text_of(style).splitlines(), 1) if part in line)
    return found

"""DAG files of random specs, each written in a random mixture of the styles that people use."""

import random
from collections.abc import Callable

from random_arguments import HELPERS as CALLBACKS
from random_arguments import OF_DAG, OF_TASK, ONLY_OF_TASK, Write, date, default_args, some
from random_edges import EDGES
from random_requests import random_request
from random_shapes import SHAPES
from random_values import Code, Span, any_value, mapping, number, text

HELPERS = f"""{CALLBACKS}
EMPTY = ""
def echo(value):
    return value
def deep_merge(base, more):
    made = dict(base)
    for key, value in more.items():
        made[key] = deep_merge(made[key], value) if isinstance(value, dict) and key in made else value
    return made
def work(**context):
    return None
"""
"""The module `random_helpers` next to the files."""

_OPERATOR = "airflow.providers.amazon.aws.operators.sagemaker"


def random_file(seed: int) -> tuple[str, list[Span]]:
    """The text of a DAG file, and which of its lines create what; its DAGs are named after the seed."""
    chance = random.Random(seed)  # noqa: S311 - the same file for the same seed
    code = Code(chance, plain=chance.choice([0.6, 0.9, 0.97, 0.99]))
    code.add("import os", "from datetime import datetime, timedelta", "from airflow import DAG")
    code.add("from airflow.sdk import Label, TaskGroup, chain, cross_downstream, dag, task, task_group")
    code.add("from airflow.providers.standard.operators.bash import BashOperator")
    code.add("from airflow.providers.standard.operators.empty import EmptyOperator")
    code.add("from airflow.providers.standard.operators.python import PythonOperator")
    code.add("from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor")
    Writer(code, seed).file()
    assert not any("\n" in line for line in code.lines), "each entry is one line"
    return "\n".join(code.lines) + "\n", code.spans


class Writer:
    """One file: its DAGs, their tasks, and the edges between them."""

    def __init__(self, code: Code, seed: int) -> None:
        self.code, self.chance, self.seed = code, code.chance, seed
        self.operator = self._import_operator()
        self.given_dag = ""

    def _import_operator(self) -> str:
        forms = {
            f"from {_OPERATOR} import SageMakerTrainingOperator": "SageMakerTrainingOperator",
            f"from {_OPERATOR} import SageMakerTrainingOperator as Train": "Train",
            f"import {_OPERATOR} as sm": "sm.SageMakerTrainingOperator",
            f"import {_OPERATOR}": f"{_OPERATOR}.SageMakerTrainingOperator",
            f"from {_OPERATOR.rpartition('.')[0]} import sagemaker": "sagemaker.SageMakerTrainingOperator",
        }
        line = self.chance.choice(list(forms))
        self.code.add(line)
        return forms[line]

    def file(self) -> None:
        """One DAG, or two."""
        for dag_id in (f"r{self.seed}", *([f"r{self.seed}b"] if self.chance.random() < 0.15 else [])):
            with self.code.span(dag_id):
                self.dag(dag_id)

    def dag(self, dag_id: str) -> None:
        code, style = self.code, self.chance.randrange(7)
        arguments = self._dag_arguments(dag_id)
        self.given_dag = ""
        given = ", ".join(f"{name}={value}" for name, value in arguments.items())
        if style == 0:
            code.add(f"with DAG({given}) as dag_of_file:")
            self.block(self.tasks)
        elif style == 1:
            pairs = ", ".join(f"{name!r}: {value}" for name, value in arguments.items())
            name = code.named("ARGS", f"{{{pairs}}}")
            code.add(f"with DAG(**{name}):")
            self.block(self.tasks)
        elif style == 2:
            code.add(f"the_dag = DAG({given})")
            self.given_dag = "the_dag"
            self.tasks()
        elif style == 3:
            name = code.fresh("make")
            code.add(f"@dag({given})", f"def {name}():")
            self.block(self.tasks)
            code.add(f"{name}()" if self.chance.random() < 0.7 else f"instance = {name}()")
        elif style == 4:
            name = code.fresh("make")
            inside = ", ".join(f"{key}={value if key != 'dag_id' else 'name'}" for key, value in arguments.items())
            code.add(f"def {name}(name):", f"    with DAG({inside}) as made:")
            code.depth += 1
            self.block(self.tasks)
            code.depth -= 1
            code.add("    return made", f"globals()[{dag_id!r}] = {name}({dag_id!r})")
        elif style == 5:
            code.add(f"for each in [{dag_id!r}]:")
            inside = ", ".join(f"{key}={value if key != 'dag_id' else 'each'}" for key, value in arguments.items())
            code.add(f"    with DAG({inside}):")
            code.depth += 1
            self.block(self.tasks)
            code.depth -= 1
        else:
            name = code.fresh("fill_dag")
            code.add(f"def {name}(dag):")
            self.given_dag = "dag"
            self.block(self.tasks)
            code.add(f"dag_{name} = DAG({given})", f"{name}(dag_{name})")

    def block(self, body: Callable[[], None]) -> None:
        self.code.depth += 1
        body()
        self.code.depth -= 1

    def _dag_arguments(self, dag_id: str) -> dict[str, str]:
        chance, code = self.chance, self.code
        schedules = ["'@daily'", "None", "'15 3 * * 1'", "timedelta(hours=6)", "'@once'", "timedelta(days=1)"]
        found = {
            "dag_id": text(code, dag_id),
            "start_date": date(code, 2025),
            "schedule": chance.choice(schedules),
        }
        defaults = {"default_args": default_args(code)} if chance.random() < 0.5 else {}
        return found | some(code, OF_DAG, 4) | defaults

    # ---- tasks

    def tasks(self) -> None:
        """Tasks in groups and loops, then edges between them."""
        handles: list[str] = []
        count = self.chance.randint(1, 3)
        for _ in range(count):
            handles += self.chance.choice(SHAPES)(self)
        handles += [self.training(self.code.fresh("train"))] if self.chance.random() < 0.5 else []
        self.edges(handles)

    def call(self, operator: str, **arguments: str) -> str:
        if self.given_dag:
            arguments["dag"] = self.given_dag
        return f"{operator}({', '.join(f'{key}={value}' for key, value in arguments.items())})"

    def training(self, task_id: str) -> str:
        """A training job; the name of its task."""
        with self.code.span(task_id):
            return self._training(task_id)

    def _training(self, task_id: str) -> str:
        code, chance = self.code, self.chance
        config = any_value(code, random_request(chance, task_id.replace("_", "-")))
        if chance.random() < 0.25:
            config = code.named("config", config)
        own: dict[str, Write] = {
            "aws_conn_id": lambda code: code.chance.choice([text(code, "aws_train"), text(code, "aws_ml"), "None"]),
            "region_name": lambda code: text(code, "eu-west-1"),
            "check_interval": lambda code: number(code, 60),
            "wait_for_completion": lambda code: code.chance.choice(["True", "False"]),
            "print_log": lambda code: code.chance.choice(["True", "False"]),
        }
        given = some(code, {**own, **OF_TASK, **ONLY_OF_TASK}, 4)
        name = code.fresh("op")
        task_id = text(code, task_id)
        style = chance.randrange(8)
        if style == 0:
            pairs = ", ".join(f"{key!r}: {value}" for key, value in given.items())
            given = {"**": f"{{{pairs}}}"}
        if style == 1:
            code.add(f"def {name}_of(name, config, **more):")
            made = self.call(self.operator, task_id="name", config="config")
            code.add(f"    return {made[:-1]}, **more)")
            more_given = "".join(f", {key}={value}" for key, value in given.items())
            code.add(f"{name} = {name}_of({task_id}, {config}{more_given})")
        elif style == 2:
            code.add("from functools import partial", f"{name}_of = partial({self.operator}, config={config})")
            code.add(f"{name} = {self.call(f'{name}_of', task_id=task_id, **given)}")
        elif style == 3:
            code.add(f"class {name}_Class({self.operator}):", "    pass")
            code.add(f"{name} = {self.call(f'{name}_Class', task_id=task_id, config=config, **given)}")
        else:
            made = self.call(self.operator, task_id=task_id, config=config, **given)
            code.add(f"{name} = {made.replace('**=', '**')}")
        self._afterwards(name)
        return name

    def _afterwards(self, name: str) -> None:
        """What is changed after the task was created."""
        if self.chance.random() < 0.08:
            forms = [
                f"{name}.config['EnableManagedSpotTraining'] = False",
                f"{name}.trigger_rule = 'one_success'",
                f"{name}.config.update(RetryStrategy={{'MaximumRetryAttempts': 2}})",
                f"{name}.retries = 4",
                f"{name}.pool = 'gpu'",
                f"{name}.execution_timeout = timedelta(minutes=90)",
                f"{name}.doc_md = 'Trains well.'",
            ]
            self.code.add(self.chance.choice(forms))

    def other(self, task_id: str) -> str:
        """A task that does not train."""
        with self.code.span(task_id):
            return self._other(task_id)

    def _other(self, task_id: str) -> str:
        code, chance = self.code, self.chance
        name = code.fresh("op")
        forms: list[Callable[[], str]] = [
            lambda: self.call("EmptyOperator", task_id=text(code, task_id)),
            lambda: self.call(
                "BashOperator", task_id=text(code, task_id), bash_command=text(code, "echo {{ ds }}"),
                env=mapping(code, {"A": "b"}),
            ),
            lambda: self.call("S3KeySensor", task_id=text(code, task_id), bucket_key=text(code, "s3://acme-data/x/done")),
            lambda: self.call("PythonOperator", task_id=text(code, task_id), python_callable=_imported(code)),
            lambda: self.call("BashOperator", task_id=text(code, task_id), bash_command="'x'", **some(code, {
                **OF_TASK, **ONLY_OF_TASK}, 4)),
            lambda: self.call("EmptyOperator", task_id=text(code, task_id), **some(code, OF_TASK, 3)),
        ]  # fmt: skip
        if chance.random() < 0.12 and not self.given_dag:
            code.add(f"@task(task_id={text(code, task_id)})", f"def {name}_work():", "    return 1")
            code.add(f"{name} = {name}_work()")
            return name
        expression = chance.choice(forms)()
        code.add(f"{name} = {expression}")
        return name

    # ---- edges

    def edges(self, handles: list[str]) -> None:
        """Edges from earlier ones to later ones."""
        for _ in range(self.chance.randint(0, len(handles) + 1) if len(handles) > 1 else 0):
            count = self.chance.randint(2, min(4, len(handles)))
            chosen = [handles[each] for each in sorted(self.chance.sample(range(len(handles)), count))]
            with self.code.span("edges"):
                self.code.add(*self.chance.choice(EDGES)(self, chosen))


def _imported(code: Code) -> str:
    code.add("import random_helpers")
    return "random_helpers.work"

"""`trainspec import` of DAG files: Python's semantics of names, values, groups and tasks."""

import textwrap
from typing import Any

import pytest
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.model import Imported, ImportedTask

HEAD = """
import copy, json, os, posixpath
from functools import partial, reduce
from enum import Enum
from airflow import DAG
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.sdk import TaskGroup, task_group
"""
HELPERS = "BUCKET = 'acme'\ndef work():\n    pass\ndef echo(value):\n    return value\n"


def only(body: str) -> Imported:
    (imported,) = import_dag_file(HEAD + textwrap.dedent(body), {"helpers": HELPERS}.get)
    return imported


def arguments_of(task: ImportedTask) -> Any:
    return dict(task.fields)["arguments"]


def value_of(lines: str, expression: str) -> tuple[Any, tuple[str, ...]]:
    config = f"{{'TrainingJobName': 'n', 'Environment': {{'A': {expression}}}}}"
    imported = only(f"{lines}\nwith DAG('d'):\n    SageMakerTrainingOperator(task_id='t', config={config})")
    return imported.jobs[0].request.get("Environment", {}).get("A"), imported.notes


VALUES = {
    "the seconds of a duration": (
        "from datetime import timedelta\nD = timedelta(hours=3, minutes=1)", "int(D.total_seconds())", "10860"),
    "a text has no seconds": ("from datetime import timedelta", "str(timedelta(hours=1).total_seconds() / 60)", "60.0"),
    "a default is what it was where the function is defined": (
        "X = 'right'\ndef f(a=X):\n    return a\nX = 'wrong'", "f()", "right"),
    "a default that changes is one for all calls": (
        "def f(a=[]):\n    a.append('x')\n    return len(a)\nf()", "str(f())", "2"),
    "a name of a function's body is looked up when it is called": (
        "X = 'wrong'\ndef f():\n    return X\nX = 'right'", "f()", "right"),
    "a tuple that grows is another one": ("A = ('x',)\nB = A\nB += ('y',)", "'-'.join(A)", "x"),
    "shifted numbers are no edges": ("", "str(3 << 2)", "12"),
    "a name of a class": ("class Config:\n    A = 'right'", "Config.A", "right"),
    "a name of a class that another one inherits": (
        "class Base:\n    A = 'right'\nclass Config(Base):\n    pass", "Config.A", "right"),
    "a name of a class that is set": ("class Config:\n    A = 'wrong'\nConfig.A = 'right'", "Config.A", "right"),
    "a member of an enumeration": ("class Size(Enum):\n    BIG = 'right'", "Size.BIG.value", "right"),
    "a bound function": ("def f(a, b):\n    return a + b\ng = partial(f, 'x')", "g(b='y')", "xy"),
    "names of the file set by their text": ("X = 'wrong'\nglobals()['X'] = 'right'", "X", "right"),
    "map": ("", "'-'.join(map(lambda each: each.upper(), ['a', 'b']))", "A-B"),
    "filter": ("", "'-'.join(filter(None, ['a', '', 'b']))", "a-b"),
    "sorted by a key": ("", "'-'.join(sorted(['a', 'bb'], key=lambda each: -len(each)))", "bb-a"),
    "isinstance": ("", "'map' if isinstance({}, dict) and not isinstance((), list) else 'no'", "map"),
    "pairs": ("", "dict([('k', 'v')])['k']", "v"),
    "a slice": ("", "'abcdef'[1:-2]", "bcd"),
    "the letters of a text": ("", "'-'.join(each for each in 'abc')", "a-b-c"),
    "JSON": ("", """json.loads('{"a": ["x"]}')['a'][0]""", "x"),
    "a path": ("", "os.path.join('s3://acme', 'models')", "s3://acme/models"),
    "a function of a module beside": ("from helpers import echo", "echo('x')", "x"),
    "handlers that raise": ("try:\n    X = 'x'\nexcept KeyError:\n    raise", "X", "x"),
    "numbers": ("", "str(abs(-3) + min(4, 5) + divmod(7, 2)[0])", "10"),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_what_python_makes_of_it(kind: str) -> None:
    lines, expression, expected = VALUES[kind]
    assert value_of(lines, expression) == (expected, ())


UNKNOWN = {
    "a copy of what nobody knows": "C = {'a': 'x'}\nunknown_function(C)\nD = copy.deepcopy(C)",
    "a copy of what holds it": "C = {'a': 'x'}\nunknown_function(C)\nD = copy.deepcopy({'c': C})['c']",
    "a method of a class": (
        "class Fill:\n    @staticmethod\n    def fill(c):\n        c['a'] = 'y'\nD = {'a': 'x'}\nFill.fill(D)"
    ),
    "a reduction": "D = {'a': 'x'}\nreduce(lambda a, b: b.update(a='y'), [0], D)",
    "any code": "D = {'a': 'x'}\nexec('D = {}')",
    "any names": "D = {'a': 'x'}\nglobals().update(D={})",
    "a name of a module that is set": "import helpers\nhelpers.BUCKET = 'y'\nD = {'a': helpers.BUCKET}",
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_is_not_certain_is_named(kind: str) -> None:
    value, notes = value_of(UNKNOWN[kind], "D['a']")
    assert any(note.startswith("line ") for note in notes), value


def test_an_argument_may_change_after_the_task_was_made() -> None:
    imported = only("""
        config = {"TrainingJobName": "n", "Environment": {"A": "b"}}
        with DAG("d"):
            train = SageMakerTrainingOperator(task_id="train", config=config)
            after = BashOperator(task_id="after", bash_command="x")
        config["Environment"]["C"] = "d"
        train.config["EnableNetworkIsolation"] = True
        train.trigger_rule = "all_done"
        after.bash_command = "y"
        setattr(after, "retries", 3)
    """)
    assert imported.notes == ()
    assert imported.jobs[0].request["Environment"] == {"A": "b", "C": "d"}
    assert imported.jobs[0].request["EnableNetworkIsolation"] is True
    assert imported.jobs[0].fields["trigger_rule"] == "all_done"
    assert arguments_of(imported.other_tasks[0])["bash_command"] == "y"
    assert imported.other_tasks[0].fields["retries"] == 3


def ids(imported: Imported) -> set[str]:
    return {each.task_id for each in imported.jobs} | {each.task_id for each in imported.other_tasks}


def test_a_group_without_a_prefix_hides_those_around_it() -> None:
    imported = only("""
        with DAG("d"), TaskGroup("outer"):
            with TaskGroup("middle", prefix_group_id=False):
                SageMakerTrainingOperator(task_id="a", config={"TrainingJobName": "n"})
                with TaskGroup("inner"):
                    SageMakerTrainingOperator(task_id="b", config={"TrainingJobName": "n"})
            SageMakerTrainingOperator(task_id="c", config={"TrainingJobName": "n"})
    """)
    assert ids(imported) == {"a", "inner.b", "outer.c"}


def test_an_edge_of_a_group_is_of_its_tasks_at_that_moment() -> None:
    imported = only("""
        with DAG("d"):
            end = BashOperator(task_id="end", bash_command="x")
            with TaskGroup("g", prefix_group_id=False) as group:
                a = SageMakerTrainingOperator(task_id="a", config={"TrainingJobName": "n"})
                b = SageMakerTrainingOperator(task_id="b", config={"TrainingJobName": "n"})
            group >> end
            a >> b
            with group:
                c = SageMakerTrainingOperator(task_id="c", config={"TrainingJobName": "n"})
    """)
    assert {each.task_id: each.fields.get("depends_on") for each in imported.other_tasks} == {"end": ["a", "b"]}


def test_a_class_that_adds_nothing_is_the_operator() -> None:
    imported = only("""
        class Train(SageMakerTrainingOperator):
            "Ours, with our colour."
            ui_color = "#fa0"
        class More(SageMakerTrainingOperator):
            def execute(self, context):
                return None
        train = partial(Train, config={"TrainingJobName": "n"})
        with DAG("d"):
            train(task_id="a")
            More(task_id="b", config={"TrainingJobName": "n"})
    """)
    assert ids(imported) == {"a"}
    assert ["`More` is defined in this file" in note for note in imported.notes] == [True]


def test_a_callable_of_a_module_beside_keeps_its_path() -> None:
    imported = only("""
        import helpers
        from helpers import work as done
        with DAG("d"):
            SageMakerTrainingOperator(task_id="t", config={"TrainingJobName": "n"})
            PythonOperator(task_id="one", python_callable=helpers.work)
            PythonOperator(task_id="two", python_callable=done)
    """)
    assert imported.notes == ()
    assert [str(arguments_of(each)["python_callable"]) for each in imported.other_tasks] == ["helpers.work"] * 2


def test_a_name_cannot_be_a_variable() -> None:
    value, notes = value_of("", "'x'")
    assert (value, notes) == ("x", ())
    imported = only("""
        config = {"TrainingJobName": "n", "Tags": [{"Key": os.getenv("TEAM_KEY", "team"), "Value": "risk"}]}
        with DAG("d"):
            SageMakerTrainingOperator(task_id="t", config=config)
    """)
    assert imported.notes == ("the name `team` depends on the environment; the spec has its default",)


XCOMS = """
    def request(**more):
        return {"TrainingJobName": "n-{{ ts_nodash }}", **more}
    with DAG("d"):
        query = BashOperator(task_id="query", bash_command="echo 3")
        first = SageMakerTrainingOperator(task_id="first", config=request(Environment={"ROWS": query.output}))
        second = SageMakerTrainingOperator(task_id="second", config=request(Environment={
            "MODEL": "{{ ti.xcom_pull(task_ids='first')['Training']['ModelArtifacts']['S3ModelArtifacts'] }}",
            "OTHER": "{{ task_instance.xcom_pull(task_ids=['first'])[0]['Training']['TrainingJobName'] }}/x",
            "KEY": query.output["table"],
        }))
        first >> second
"""


def test_what_a_task_hands_on_stays_a_template_and_becomes_a_reference() -> None:
    from trainspec.importers.write import spec_text

    imported = only(XCOMS)
    assert imported.notes == ()
    text = spec_text(imported)
    assert "environment: {ROWS: \"{{ ti.xcom_pull(task_ids='query') }}\"}" in text
    assert "KEY: \"{{ ti.xcom_pull(task_ids='query', key='table') }}\"" in text
    assert 'MODEL: "${jobs.first.model}"' in text
    assert 'OTHER: "${jobs.first.name}/x"' in text
    assert {each.task_id: each.fields.get("depends_on") for each in imported.jobs} == {
        "first": "query",
        "second": ["first", "query"],
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("first >> second", "pass"),
            "a template reads the XCom of `first`; its `return_value` is the job's name here",
        ),
        (("['Training']['TrainingJobName']", "['Other']"), "a template reads the XCom of `first`"),
        (("task_ids='first'", "task_ids='gone'"), "a template reads what the task `gone` returns"),
        (("query.output[", "gone.output["), "is not a literal"),
    ],
)
def test_an_xcom_that_means_something_else_is_named(change: tuple[str, str], said: str) -> None:
    assert any(said in note for note in only(XCOMS.replace(*change)).notes)


def test_an_xcom_for_python_is_named() -> None:
    imported = only("""
        from helpers import work
        with DAG("d"):
            query = BashOperator(task_id="query", bash_command="echo 3")
            SageMakerTrainingOperator(task_id="t", config={"TrainingJobName": "n"})
            PythonOperator(task_id="use", python_callable=work, op_args=[query.output])
    """)
    assert [
        "`op_args` of `use` reads an XCom, which a template passes on as a string" in note for note in imported.notes
    ] == [True]


def test_the_docstring_of_a_dag_is_its_doc() -> None:
    """As with Airflow's `@dag`, if no `doc_md` is given."""
    body = """
        from airflow.sdk import dag
        @dag({given})
        def churn():
            '''Trains it.

            Every night.
            '''
            SageMakerTrainingOperator(task_id='t', config={{'TrainingJobName': 'n'}})
        churn()
    """
    assert only(body.format(given="")).dag.get("doc") == "Trains it.\n\nEvery night."
    assert only(body.format(given="doc_md='Own.'")).dag.get("doc") == "Own."

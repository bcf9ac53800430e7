"""`trainspec import` of DAG files: what the file determines is carried over, what depends on the run is noted."""

import textwrap
from pathlib import Path
from typing import Any, cast

import pytest
from trainspec.airflow_api.operators import everywhere
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.model import CannotImportError, Imported
from trainspec.importers.moved import todays_path
from trainspec.importers.request import known_members
from trainspec.language.data import TaskData
from trainspec.options import DEFAULT_AIRFLOW

from cpu_time import cpu_seconds
from helpers import Run, sampled

HEAD = """
from airflow import DAG
from airflow.decorators import dag, task, task_group
from airflow.models.baseoperator import chain, cross_downstream
from airflow.operators.bash import BashOperator
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup
def request(name="n", **more):
    return {"TrainingJobName": name + "-{{ ts_nodash }}", "RoleArn": "arn:aws:iam::111122223333:role/R",
            "OutputDataConfig": {"S3OutputPath": "s3://models/out/"}, **more}
"""


def read(body: str, **modules: str) -> list[Imported]:
    return import_dag_file(HEAD + textwrap.dedent(body), modules.get)


def only(body: str, **modules: str) -> Imported:
    (imported,) = read(body, **modules)
    return imported


def edges(imported: Imported) -> dict[str, Any]:
    fields = {each.task_id: each.fields for each in imported.jobs} | {
        each.task_id: each.fields for each in imported.other_tasks
    }
    return {name: each["depends_on"] for name, each in fields.items() if "depends_on" in each}


MUTATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "item": ("C['HyperParameters'] = {'a': '1'}", {"HyperParameters": {"a": "1"}}),
    "below": ("C['OutputDataConfig']['KmsKeyId'] = 'k'", {"KmsKeyId": "k"}),
    "update": ("C.update({'EnableManagedSpotTraining': True})", {"EnableManagedSpotTraining": True}),
    "union": ("C |= {'EnableNetworkIsolation': True}", {"EnableNetworkIsolation": True}),
    "another name": ("D = C\nD['EnableNetworkIsolation'] = True", {"EnableNetworkIsolation": True}),
    "in a function": (
        "def change(c):\n    c['EnableNetworkIsolation'] = True\nchange(C)",
        {"EnableNetworkIsolation": True},
    ),
    "default of a key": ("C.setdefault('Environment', {})['A'] = 'b'", {"Environment": {"A": "b"}}),
    "a loop": (
        "for k in ['x', 'y']:\n    C.setdefault('Environment', {})[k] = k",
        {"Environment": {"x": "x", "y": "y"}},
    ),
}


@pytest.mark.parametrize("change", MUTATIONS)
def test_changes_after_creation_count(change: str) -> None:
    code, expected = MUTATIONS[change]
    imported = only(f"C = request()\n{code}\nwith DAG('d'):\n    SageMakerTrainingOperator(task_id='t', config=C)")
    assert not imported.notes
    (job,) = imported.jobs
    found = {**job.request, **job.request["OutputDataConfig"]}
    assert {name: found[name] for name in expected} == expected


IN_A_CALLABLE = {
    "operator": """
        from airflow.operators.python import PythonOperator
        def train(**context):
            SageMakerTrainingOperator(task_id='inner', config=request()).execute(context)
        with DAG('d'):
            SageMakerTrainingOperator(task_id='t', config=request())
            PythonOperator(task_id='p', python_callable=train)
        """,
    "task": """
        with DAG('d'):
            SageMakerTrainingOperator(task_id='t', config=request())
            @task
            def p():
                from acme import SageMakerTuningOperator
                SageMakerTuningOperator(task_id='inner', config={}).execute({})
            p()
        """,
}


@pytest.mark.parametrize("kind", IN_A_CALLABLE)
def test_a_job_that_a_function_runs_is_named(kind: str) -> None:
    (note,) = only(IN_A_CALLABLE[kind]).notes
    name = "SageMakerTrainingOperator in line 15" if kind == "operator" else "SageMakerTuningOperator in line 18"
    assert "the task `p` is not carried over: " in note
    assert f" runs {name}" in note


@pytest.mark.parametrize("kind", ["operator", "task"])
def test_a_function_of_many_tasks_is_read_once(kind: str) -> None:
    """Read for each task, 2,000 lines and 500 tasks would take more than ten seconds."""
    body = "def f():\n" + "    x = print(1)\n" * 2000 + "    SageMakerTrainingOperator(task_id='i', config={})\n"
    tasks = {"operator": "PythonOperator(task_id=f'p{i}', python_callable=f)", "task": "task(f)()"}
    head = "from airflow.operators.python import PythonOperator\n"
    dag = "with DAG('d'):\n    SageMakerTrainingOperator(task_id='t', config=request())\n"
    loop = f"    for i in range(500):\n        {tasks[kind]}"
    with cpu_seconds(at_most=5):
        imported = only(head + body + dag + loop)
    assert " runs SageMakerTrainingOperator in line 2014" in imported.notes[-1]


def test_what_another_module_says_is_named_at_the_line_that_reads_it() -> None:
    call = "SageMakerTrainingOperator(task_id='t', config=request(**output()))"
    code = f"from conf import output\nwith DAG('d'):\n    {call}"
    module = "import json\n\n\ndef output():\n    return {'HyperParameters': json.loads(open('x').read())}\n"
    (note,) = only(code, conf=module).notes
    assert note.startswith(f"line {len(HEAD.splitlines()) + 1}: config.HyperParameters is not a literal: ")


UNCERTAIN = {
    "branch": "import os\nX = 's3://a'\nif os.environ.get('P'):\n    X = 's3://b'",
    "try": "try:\n    from conf import X\nexcept ImportError:\n    X = 's3://fallback'",
    "import": "from conf import X\ndef f():\n    X = 's3://scratch'",
    "unknown loop": "X = 's3://a'\nfor each in made():\n    X = each",
    "parameter": "def f(X):\n    return X\nX = f(made())",
    "handed over": "import helpers\nX = {'a': 's3://b'}\nhelpers.change(X)\nX = X['a']",
    "deleted": "X = 's3://b'\ndel X",
    "early return": "def f():\n    if made():\n        return 's3://a'\n    return 's3://b'\nX = f()",
    "while": "X = 's3://a'\nwhile made():\n    X = X + '/b'",
    "unpacked": "X, Y = made()",
    "conditional": "X = 's3://a' if made() else 's3://b'",
    "global in a branch": "X = 's3://a'\ndef f():\n    global X\n    if made():\n        X = 's3://b'\nf()",
    "match": "X = 's3://a'\nmatch made():\n    case 1:\n        X = 's3://b'",
    "captured": "match made():\n    case X:\n        pass",
    "exception": "try:\n    Y = made()\nexcept ValueError as X:\n    pass",
    "raise in a try": "X = 's3://a'\ntry:\n    X = 's3://b'\n    raise made()\nexcept ValueError:\n    X = 's3://c'",
}


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_what_only_a_run_decides_is_no_constant(kind: str) -> None:
    imported = only(
        f"{UNCERTAIN[kind]}\nwith DAG('d'):\n"
        "    SageMakerTrainingOperator(task_id='t', config=request(OutputDataConfig={'S3OutputPath': X}))"
    )
    assert "s3://" not in str(imported.jobs[0].request)
    assert any("config.OutputDataConfig.S3OutputPath" in note for note in imported.notes)


CERTAIN = {
    "subscript": "C = {'a': ['s3://v/']}\nX = C['a'][0]",
    "format": "X = 's3://{}/'.format('v')",
    "named format": "X = 's3://{b}/'.format(b='v')",
    "percent": "X = 's3://%s/' % 'v'",
    "named percent": "X = 's3://%(b)s/' % {'b': 'v'}",
    "function": "def f(b='v'):\n    return f's3://{b}/'\nX = f()",
    "lambda": "f = lambda b: 's3://' + b + '/'\nX = f('v')",
    "other module": "import conf\nX = conf.X",
    "name of another module": "from conf import X",
    "augmented": "X = 's3://'\nX += 'v/'",
    "both branches alike": "import os\nif os.environ.get('A'):\n    X = 's3://v/'\nelse:\n    X = 's3://v/'",
    "guard": "import os\nX = 's3://v/'\nif not os.environ.get('A'):\n    raise ValueError",
    "decided match": "match 2:\n    case 1:\n        X = 's3://w/'\n    case 2 | 3:\n        X = 's3://v/'",
    "handler that raises": "try:\n    import a\n    X = 's3://v/'\nexcept ImportError:\n    raise ValueError",
    "cached": "import functools\n@functools.cache\ndef f():\n    return 's3://v/'\nX = f()",
    "decided branch": "P = False\nif P:\n    X = 's3://w/'\nelse:\n    X = 's3://v/'",
    "join": "X = '/'.join(['s3:', '', 'v', ''])",
    "comprehension": "X = [f's3://{b}/' for b in ['u', 'v'] if b != 'u'][0]",
    "scopes": "X = 's3://v/'\ndef f():\n    X = 's3://w/'\nf()",
}


@pytest.mark.parametrize("kind", CERTAIN)
def test_what_the_file_decides_comes_over(kind: str) -> None:
    imported = only(
        f"{CERTAIN[kind]}\nwith DAG('d'):\n"
        "    SageMakerTrainingOperator(task_id='t', config=request(OutputDataConfig={'S3OutputPath': X}))",
        conf="B = 'v'\nX = 's3://' + B + '/'\n",
    )
    assert imported.jobs[0].request["OutputDataConfig"] == {"S3OutputPath": "s3://v/"}
    assert not imported.notes


TASKS = "a, b = BashOperator(task_id='a', bash_command='a'), BashOperator(task_id='b', bash_command='b')\n"
EDGES = {
    "shift": ("a >> t >> b", {"t": "a", "b": "t"}),
    "list": ("both = [a, b]\nboth >> t", {"t": ["a", "b"]}),
    "cross": ("cross_downstream([a, b], [t])", {"t": ["a", "b"]}),
    "chain": ("chain(a, t, b)", {"t": "a", "b": "t"}),
    "label": ("a >> Label('x') >> t", {"t": "a"}),
    "label backwards": ("t << Label('x') << a", {"t": "a"}),
    "method": ("t.set_upstream([a])\nt.set_downstream(b)", {"t": "a", "b": "t"}),
    "loop": ("for each in (a, b):\n    each >> t", {"t": ["a", "b"]}),
    "task flow between": ("@task\ndef f():\n    pass\na >> f() >> t", {"t": "a"}),
    "group": ("with TaskGroup('g') as g:\n    c = BashOperator(task_id='c', bash_command='c')\na >> g >> t",
              {"g.c": "a", "t": "g.c"}),
    "group of a function": (
        "@task_group\ndef g():\n    BashOperator(task_id='c', bash_command='c')\na >> g() >> t",
        {"g.c": "a", "t": "g.c"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", EDGES)
def test_edges(kind: str) -> None:
    code, expected = EDGES[kind]
    body = f"{TASKS}t = SageMakerTrainingOperator(task_id='t', config=request())\n{code}"
    assert edges(only("with DAG('d'):\n" + textwrap.indent(body, "    "))) == expected


LOST = {
    "task flow": ("@task\n    def f():\n        pass\n    f()", "the task `f` is not carried over"),
    "mapped": ("BashOperator.partial(task_id='m').expand(bash_command=['a'])", "the task `m` is not carried over"),
    "branch": (
        "if made():\n        BashOperator(task_id='m', bash_command='m')",
        "whether it is created is only known",
    ),
    "local class": ("class MyOperator(BashOperator):\n        pass\n    MyOperator(task_id='m')", "in this file"),
    "other module": ("import helpers\n    helpers.add_tasks()", "what `helpers.add_tasks` creates is not read"),
    "edge": ("t >> made()", "the edge `t >> made()` is not carried over"),
    "member": ("t2 = SageMakerTrainingOperator(task_id='u', config=request(Nonsense=1))", "Nonsense is not a member"),
    "method of a class": (
        "class B:\n        def make(self):\n            BashOperator(task_id='m', bash_command='m')\n    B().make()",
        "what `B` creates is not read",
    ),
    "decorator": (
        "@made\n    def f():\n        BashOperator(task_id='m', bash_command='m')\n    f()",
        "the call `f()` is not read, nor any task that it creates",
    ),
    "match": (
        "match made():\n        case 1:\n            BashOperator(task_id='m', bash_command='m')",
        "the task `m` is not carried over: whether it is created is only known",
    ),
    "conditional task": (
        "u = BashOperator(task_id='m', bash_command='m') if made() else None",
        "the task `m` is not carried over: whether it is created is only known",
    ),
    "condition with a task": (
        "u = made() and BashOperator(task_id='m', bash_command='m')",
        "the task `m` is not carried over: whether it is created is only known",
    ),
    "raise": ("raise ValueError\n    BashOperator(task_id='m', bash_command='m')", "an exception is raised here"),
    "set later": ("t.ui_color = '#fff'", "`t.ui_color` is set afterwards"),
    "open arguments": ("SageMakerTrainingOperator(task_id='u', config=request(), **made())", "`**made()` is not read"),
}


@pytest.mark.parametrize("kind", LOST)
def test_what_does_not_come_over_is_named_with_its_line(kind: str) -> None:
    code, said = LOST[kind]
    imported = only(f"with DAG('d'):\n    t = SageMakerTrainingOperator(task_id='t', config=request())\n    {code}")
    assert any(said in note and note.startswith("line ") for note in imported.notes), imported.notes


def test_loops_functions_and_groups_make_all_their_jobs() -> None:
    imported = only(
        """
        def job(name):
            return SageMakerTrainingOperator(task_id=f"train_{name}", config=request(name))
        with DAG("d"):
            for name in ["x", "y"]:
                with TaskGroup(name):
                    job(name)
        """
    )
    assert [job.task_id for job in imported.jobs] == ["x.train_x", "y.train_y"]
    assert [job.request["TrainingJobName"][:1] for job in imported.jobs] == ["x", "y"]
    assert [job.fields["task_group"] for job in imported.jobs] == ["x", "y"]
    assert not imported.notes
    assert not imported.remarks


def test_two_dags_under_one_name() -> None:
    first, second = read(
        """
        dag = DAG("one", schedule="@daily")
        SageMakerTrainingOperator(task_id="a", config=request(), dag=dag)
        dag = DAG(**{"dag_id": "two", "schedule": "@weekly"})
        SageMakerTrainingOperator(task_id="b", config=request(), dag=dag)
        """
    )
    assert (first.dag, second.dag) == ({"id": "one", "schedule": "@daily"}, {"id": "two", "schedule": "@weekly"})
    assert [job.task_id for job in (*first.jobs, *second.jobs)] == ["a", "b"]


def test_old_paths_become_todays() -> None:
    imported = only(
        """
        from airflow.providers.amazon.aws.operators.sagemaker_endpoint import SageMakerEndpointOperator as Endpoint
        with DAG("d"):
            SageMakerTrainingOperator(task_id="t", config=request())
            Endpoint(task_id="e", config={})
        """
    )
    assert cast("TaskData", imported.other_tasks[0].fields)["operator"].endswith(
        "aws.operators.sagemaker.SageMakerEndpointOperator"
    )


HOSTILE = {
    "endless": "while True:\n    x = 1",
    "doubling": "x = [1]\n" + "x = [x, x]\n" * 60 + "DAG('d', tags=x)",
    "recursion": "def f(n):\n    return f(n + 1)\nf(1)",
    "wide recursion": "def f(n):\n    f(n)\n    f(n)\n    f(n)\n    f(n)\n    f(n)\n    f(n)\n    f(n)\nf(1)",
    "itself": "x = {}\nx['x'] = x\nDAG('d', params=x)",
    "loops": "for a in range(2000):\n    for b in range(2000):\n        x = a",
    "long": "x = 'a' * 99\n" + "x = x + x\n" * 60,
}


@pytest.mark.parametrize("kind", sampled(HOSTILE, 3))
def test_hostile_files_end(kind: str) -> None:
    with pytest.raises(CannotImportError):
        read(HOSTILE[kind])


def test_numbers_become_the_strings_that_they_are() -> None:
    notes: list[str] = []
    request = {"HyperParameters": {"n": 50, "eta": 0.2, "on": True, "bad": [1]}, "Tags": {"a": 1}, "RoleArn": None}
    assert known_members(request, notes) == {
        "HyperParameters": {"n": "50", "eta": "0.2", "on": "true"},
        "Tags": [{"Key": "a", "Value": "1"}],
    }
    assert [note.split()[0] for note in notes] == ["HyperParameters.on", "HyperParameters.bad"]


def test_exit_codes(trainspec: Run, project: Path) -> None:
    body = (
        "with DAG('d', schedule=None, start_date=None):\n    SageMakerTrainingOperator(task_id='t', config=request())"
    )
    (project / "d.py").write_text(HEAD + body)
    lost = trainspec("import", "d.py", "-o", "specs/d.yaml")
    assert (lost.returncode, (project / "specs" / "d.yaml").exists()) == (1, True)


@pytest.mark.parametrize(
    "old",
    [
        "airflow.contrib.operators.sagemaker_training_operator.SageMakerTrainingOperator",
        "airflow.contrib.operators.aws_athena_operator.AWSAthenaOperator",
        "airflow.contrib.operators.s3_copy_object_operator.S3CopyObjectOperator",
        "airflow.providers.amazon.aws.operators.sagemaker_transform.SageMakerTransformOperator",
        "airflow.providers.amazon.aws.sensors.sagemaker_training.SageMakerTrainingSensor",
        "airflow.providers.amazon.aws.operators.s3_copy_object.S3CopyObjectOperator",
        "airflow.providers.amazon.aws.operators.emr_add_steps.EmrAddStepsOperator",
        "airflow.providers.amazon.aws.operators.glue_job.AwsGlueJobOperator",
        "airflow.sensors.s3_key_sensor.S3KeySensor",
    ],
)
def test_an_old_path_leads_to_an_operator_of_today(old: str) -> None:
    assert todays_path(old) in {f"{module}.{name}" for module, name in everywhere(DEFAULT_AIRFLOW)}


CHANGES = {
    "a chain of all tasks": "chain(*d.tasks)",
    "a chain of unknown tasks": "chain(t, *made())",
    "an edge of a looked-up task": "d.get_task('t').set_downstream(u)",
    "an edge of an unknown task": "made().set_upstream(t)",
    "an edge by the class": "SageMakerTrainingOperator.set_downstream(t, u)",
    "edges of a loop": "for x in g.children.values(): x.set_downstream(u)",
    "attributes in a loop": "for x in d.tasks: x.pool = 'all'",
    "attributes in a comprehension": "[setattr(x, 'pool', 'p') for x in d.tasks]",
    "an attribute of a looked-up task": "d.get_task('t').pool = 'all'",
    "an attribute of an item": "d.task_dict['t'].queue = 'q'",
    "an attribute of a list's first": "list(d.roots)[0].retries = 9",
    "an attribute of one of two": "[t, u][made()].pool = 'p'",
    "an attribute of what a condition chooses": "(t if made() else u).pool = 'p'",
    "an attribute of the group": "g.default_args = {'retries': 3}",
    "a part of an attribute": "d.tags.append('x')",
    "an alias of an attribute": "tags = d.tags; tags.append('x')",
    "an item of an attribute": "d.params['z'] = 3",
    "an item of the default arguments": "d.default_args['queue'] = 'q'",
    "more default arguments": "d.default_args.update(retries=7)",
    "a deleted item": "del d.default_args['queue']",
    "a deleted attribute": "del t.pool",
    "an attribute in the dictionary": "vars(t)['pool'] = 'p'",
    "a method of a task": "t.as_teardown()",
    "a call of nobody knows what": "made(t)",
    "what a case of a match takes": "match d.tasks[0]:\n        case x: x.pool = 'p'",
    "a task among the names": "globals()[made()].pool = 'p'",
    "the DAG that is open": "from airflow.sdk import DagContext; DagContext.get_current().tags.append('x')",
    "a setup of what is inside": "with t: BashOperator(task_id='m', bash_command='m')",
    "a group that is looked up": "with d.task_group: BashOperator(task_id='m', bash_command='m')",
    "the class of a task": "t.__class__(task_id='v', config=request())",
    "the type of a task": "type(t)(task_id='v', config=request())",
}
TWO_TASKS = """with DAG('d') as d:
    with TaskGroup('g') as g:
        t = SageMakerTrainingOperator(task_id='t', config=request())
    u = SageMakerTrainingOperator(task_id='u', config=request())
    """


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_of_what_belongs_to_a_dag_is_named_with_its_line(kind: str) -> None:
    """`d.tasks` is not read: a change of it, or an edge to it, would be lost without a note."""
    imported = only(TWO_TASKS + CHANGES[kind])
    line = (HEAD + TWO_TASKS).count("\n") + 1
    line += CHANGES[kind].count("\n")
    assert [note.partition(":")[0] for note in imported.notes] == [f"line {line}"], imported.notes


def test_a_teardown_is_a_task_still() -> None:
    """Its edges stay; a note says that it is a teardown."""
    imported = only(TWO_TASKS + "t >> u.as_teardown()")
    assert edges(imported) == {"u": "g.t"}
    assert "as_teardown" in imported.notes[0]
    assert len(imported.notes) == 1


def test_a_name_of_the_file_is_found_by_its_text() -> None:
    assert edges(only(TWO_TASKS + "globals()['t'] >> u")) == {"u": "g.t"}


def test_a_chain_of_itertools_is_no_edge() -> None:
    imported = only(TWO_TASKS + "import itertools\n    both = itertools.chain([t], [u])")
    assert not edges(imported)


def test_what_only_looks_at_a_dag_is_no_change() -> None:
    looks = """for x in d.tasks: print(x.task_id.upper(), len(d.tasks), d.get_task('t'))
    assert d.has_task('t') and all(x.owner for x in d.tasks)
    """
    assert not only(TWO_TASKS + looks).notes


@pytest.mark.parametrize("edge", ["u.set_upstream(task_or_task_list=t)", "t.output.set_downstream(u)"])
def test_an_edge_by_a_method(edge: str) -> None:
    assert edges(only(TWO_TASKS + edge)) == {"u": "g.t"}


@pytest.mark.parametrize(
    ("decorator", "parameters", "call", "params"),
    [
        ("", "depth: int = 3, env='prod'", "", {"depth": 3, "env": "prod"}),
        ("(params={'depth': 1, 'seed': 7})", "depth=3", "", {"depth": 3, "seed": 7}),
        ("()", "depth=3, *, env='prod'", "5, env='test'", {"depth": 5, "env": "test"}),
    ],
)
def test_parameters_of_a_dag_function_are_the_dags(decorator: str, parameters: str, call: str, params: Any) -> None:
    """As in Airflow: the conf that triggers a run replaces them, so the body cannot know their values."""
    body = f"""
    @dag{decorator}
    def d({parameters}):
        SageMakerTrainingOperator(task_id='t', config=request(HyperParameters={{'depth': depth}}))
        BashOperator(task_id='b', bash_command='echo {{{{ params.depth }}}}')
    d({call})
    """
    imported = only(body)
    assert imported.dag["params"] == params
    (note,) = imported.notes
    assert "depth is not a literal" in note


def test_a_value_for_a_parameter_with_a_schema_is_named() -> None:
    body = """
    from airflow.sdk import Param
    @dag(params={'depth': Param(3, type='integer')})
    def d(depth=5):
        SageMakerTrainingOperator(task_id='t', config=request())
    d()
    """
    imported = only(body)
    assert imported.dag["params"] == {"depth": {"default": 3, "type": "integer"}}
    assert any("the value of the parameter `depth` of `d` is not carried over" in note for note in imported.notes)

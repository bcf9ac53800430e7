"""Specs that grow one feature of the language, or two at once, to just under the limits of a file.

A feature is a function of a size: the lines that it adds to each section of a spec. Its `most` is the size at which a
file is close to a limit (1 MB, 50,000 values, 1,000 entries, 65,536 characters); a pair takes half of each.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

JOB = """\
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
SECTIONS = ("vars", "defaults", "dag", "jobs", "tasks", "sensors", "triggers", "environments")
OPERATOR = "operator: acme.Work"

Parts = Mapping[str, str]
"""Lines by section; `job` are fields of the job `train`, `params` parameters of the DAG, `end` comes last."""


@dataclass(frozen=True)
class Feature:
    """One feature of the language. `makes` returns its lines for a size."""

    name: str
    most: int
    makes: Callable[[int], Parts]


FEATURES: dict[str, Feature] = {}


def feature(most: int) -> Callable[[Callable[[int], Parts]], Callable[[int], Parts]]:
    """Register a function as a feature."""

    def take(makes: Callable[[int], Parts]) -> Callable[[int], Parts]:
        FEATURES[makes.__name__] = Feature(makes.__name__, most, makes)
        return makes

    return take


def spec(*grown: tuple[Feature, int]) -> str:
    """A spec with one good job, and each of these features in a size."""
    lines: dict[str, str] = {}
    for each, size in grown:
        for section, text in each.makes(size).items():
            lines[section] = lines.get(section, "") + text
    lines["jobs"] = f"  train: &train\n{JOB}{lines.pop('job', '')}{lines.get('jobs', '')}"
    if params := lines.pop("params", ""):
        lines["dag"] = f"{lines.get('dag', '')}  params:\n{params}"
    end = lines.pop("end", "")
    return "trainspec: 1\n" + "".join(f"{key}:\n{lines[key]}" for key in SECTIONS if lines.get(key)) + end


def names() -> list[str]:
    """Every feature alone, and all pairs of them, joined by `+`."""
    return [*FEATURES, *("+".join(pair) for pair in itertools.combinations(FEATURES, 2))]


def family(name: str) -> str:
    """The spec of a name; each feature of a pair has half of its maximum size."""
    grown = [FEATURES[each] for each in name.split("+")]
    return spec(*((each, max(1, each.most // len(grown))) for each in grown))


def many(count: int, line: Callable[[int], str]) -> str:
    """`count` lines."""
    return "".join(f"{line(number)}\n" for number in range(count))


def listed(count: int, item: Callable[[int], str]) -> str:
    """A list in brackets."""
    return "[" + ", ".join(map(item, range(count))) + "]"


# ---------------------------------------------------------------------- tasks and what they wait for


@feature(900)
def jobs_by_alias(size: int) -> Parts:
    return {"jobs": many(size, lambda i: f"  j{i}: {{<<: *train, name: 'n{i}-{{{{ ts_nodash }}}}'}}")}


@feature(900)
def jobs_with_long_strings_by_alias(size: int) -> Parts:
    first = "  lg: &long {environment: {" + ", ".join(f"L{i}: '{'x' * 60_000}'" for i in range(14)) + "}}\n"
    return {"jobs": first + many(size, lambda i: f"  lg{i}: {{<<: *long, name: 'lg{i}'}}")}


@feature(980)
def jobs_without_fields(size: int) -> Parts:
    return {"jobs": many(size, lambda i: f"  j{i}: {{}}")}


@feature(900)
def jobs_of_one_misspelt_map(size: int) -> Parts:
    fields = ", ".join(f"zz{i}: 1" for i in range(20))
    return {"jobs": f"  m: &m {{{fields}}}\n" + many(size, lambda i: f"  m{i}: *m")}


@feature(300)
def tasks_that_wait_for_all_before(size: int) -> Parts:
    return {"tasks": many(size, lambda i: f"  t{i}: {{{OPERATOR}, depends_on: {listed(i, lambda j: f't{j}')}}}")}


@feature(950)
def tasks_in_groups_of_their_own(size: int) -> Parts:
    return {"tasks": many(size, lambda i: f"  g{i}: {{{OPERATOR}, task_group: {'g.' * (i % 10)}of-{i}}}")}


@feature(950)
def tasks_in_groups_with_one_id(size: int) -> Parts:
    return {"tasks": many(size, lambda i: f"  gg{i}: {{{OPERATOR}, task_group: a{'.-'[i % 2]}b{i // 2}}}")}


@feature(950)
def tasks_in_a_row(size: int) -> Parts:
    return {"tasks": many(size, lambda i: f"  r{i}: {{{OPERATOR}, depends_on: {f'r{i - 1}' if i else '[]'}}}")}


@feature(950)
def tasks_in_a_circle(size: int) -> Parts:
    return {"tasks": many(size, lambda i: f"  c{i}: {{{OPERATOR}, depends_on: c{(i + 1) % size}}}")}


@feature(200)
def tasks_that_wait_for_each_other(size: int) -> Parts:
    return {"tasks": many(size, lambda i: f"  e{i}: {{{OPERATOR}, depends_on: {listed(size, lambda j: f'e{j}')}}}")}


@feature(900)
def tasks_that_wait_for_nobody(size: int) -> Parts:
    unknown = listed(40, lambda i: f"k{i:040d}")
    first = f"  u: {{{OPERATOR}, depends_on: &unknown {unknown}}}\n"
    return {"tasks": first + many(size, lambda i: f"  u{i * 7919 % size:040d}: {{{OPERATOR}, depends_on: *unknown}}")}


@feature(980)
def one_task_that_waits_for_nobody(size: int) -> Parts:
    return {"tasks": f"  o: {{{OPERATOR}, depends_on: {listed(size, lambda i: f'nobody{i * 7919 % size:050d}')}}}\n"}


@feature(900)
def sensors(size: int) -> Parts:
    return {"sensors": many(size, lambda i: f"  s{i}: {{s3: 's3://bucket/{i}/*.csv', timeout: 1h}}")}


@feature(900)
def triggers_with_a_job(size: int) -> Parts:
    return {"triggers": many(size, lambda i: f"  g{i}: {{dag: other{i}, job: train, conf: {{a: '{{{{ ds }}}}'}}}}")}


@feature(900)
def tasks_with_templates(size: int) -> Parts:
    return {"tasks": many(size, lambda i: f"  w{i}: {{{OPERATOR}, arguments: {{a: '{{{{ ds_add(ds, {i}) }}}}'}}}}")}


@feature(900)
def tasks_of_known_operators(size: int) -> Parts:
    bash = "airflow.providers.standard.operators.bash.BashOperator"
    return {"tasks": many(size, lambda i: f"  b{i}: {{operator: {bash}, arguments: {{bash_comand: x{i}}}}}")}


@feature(900)
def gates(size: int) -> Parts:
    gate = "proceed_if: {metric: auc, at_least: 0.5}"
    return {"jobs": many(size, lambda i: f"  a{i}: {{<<: *train, name: 'a{i}', metrics: {{auc: 'x=(.*)'}}, {gate}}}")}


@feature(900)
def references_to_jobs(size: int) -> Parts:
    return {
        "jobs": many(
            size, lambda i: f"  f{i}: {{<<: *train, name: 'f{i}', environment: {{M: '${{jobs.train.model}}'}}}}"
        )
    }


@feature(900)
def references_to_nobody(size: int) -> Parts:
    return {
        "jobs": many(size, lambda i: f"  q{i}: {{<<: *train, environment: {{M: '${{jobs.{'x' * 60}{i}.model}}'}}}}")
    }


# ---------------------------------------------------------------------- matrices


@feature(250)
def matrices_by_alias(size: int) -> Parts:
    first = f"  x: {{matrix: &matrix {{x: {listed(size, str)}}}}}\n"
    return {"jobs": first + many(60, lambda i: f"  x{i}: {{matrix: *matrix}}")}


@feature(250)
def a_matrix_of_good_jobs(size: int) -> Parts:
    name = "name: 'm-${matrix.id}-{{ ts_nodash }}'"
    return {"jobs": f"  lr: {{<<: *train, {name}, matrix: {{lr: {listed(size, str)}}}}}\n"}


@feature(900)
def a_matrix_that_includes_and_excludes(size: int) -> Parts:
    points = listed(size, lambda i: f"{{lr: {i}}}")
    return {
        "jobs": f"  inc: {{<<: *train, matrix: {{lr: {listed(250, str)}, exclude: {points}, include: {points}}}}}\n"
    }


@feature(250)
def a_matrix_of_long_values(size: int) -> Parts:
    return {"jobs": f"  long: {{<<: *train, matrix: {{lr: {listed(size, lambda i: f'{i}' + 'x' * 3000)}}}}}\n"}


# ---------------------------------------------------------------------- variables and composition


@feature(1_700)
def unknown_variables_in_a_text(size: int) -> Parts:
    return {"job": "    doc: '" + "${vars.vvvvvvvvvvvvvvvvvvvvvwwwwvvvv}" * size + "'\n"}


@feature(980)
def variables(size: int) -> Parts:
    return {"vars": many(size, lambda i: f"  {'v' * 29}{i}: 1")}


@feature(900)
def unknown_variables(size: int) -> Parts:
    return {"job": "    environment: {" + ", ".join(f"E{i}: '${{vars.no{i:040d}}}'" for i in range(size)) + "}\n"}


@feature(30_000)
def a_variable_of_many_steps(size: int) -> Parts:
    return {"job": f"    doc: '${{vars{'.a' * size}}}'\n"}


@feature(30_000)
def a_task_of_many_steps(size: int) -> Parts:
    return {"tasks": f"  st: {{{OPERATOR}, depends_on: {'b.' * size}b, doc: '${{jobs{'.a' * size}}}'}}\n"}


@feature(39)
def variables_that_need_each_other(size: int) -> Parts:
    rows = many(size, lambda i: f"  row{i}: '{f'${{vars.row{i - 1}}}' * 2 if 0 < i < 14 else f'x{i}'}'")
    return {"vars": rows, "job": "    doc_rst: '${vars.row13}'\n"}


@feature(40)
def variables_that_nest(size: int) -> Parts:
    lists = many(size - 1, lambda i: f"  nest{i + 1}: {'[' * 50}'${{vars.nest{i}}}'{']' * 50}")
    return {"vars": f"  nest0: 1\n{lists}", "job": f"    doc_json: '${{vars.nest{size - 1}}}'\n"}


@feature(900)
def one_variable_in_many_places(size: int) -> Parts:
    used = many(size, lambda i: f"      H{i}: '${{vars.shared}}'")
    return {"vars": f"  shared: {listed(40, str)}\n", "job": f"    hyperparameters:\n{used}"}


@feature(900)
def long_texts_of_a_variable(size: int) -> Parts:
    used = many(size, lambda i: f"      L{i}: '${{vars.text}}'")
    return {"vars": f"  text: {'x' * 60_000}\n", "defaults": f"  environment:\n{used}"}


@feature(900)
def defaults_of_many_fields(size: int) -> Parts:
    fields = "".join(f"      d{i}: x\n" for i in range(50))
    return {"defaults": f"  hyperparameters:\n{fields}", "jobs": many(size, lambda i: f"  d{i}: *train")}


@feature(990)
def environments_of_many_jobs(size: int) -> Parts:
    return {"environments": many(size, lambda i: f"  env{i}: {{vars: {{}}, jobs: {{train: {{spot: false}}}}}}")}


@feature(450)
def environments_of_unknown_jobs(size: int) -> Parts:
    unknown = "{" + ", ".join(f"nojob{i}: {{}}" for i in range(40)) + "}"
    return {
        "environments": f"  none: {{jobs: &none {unknown}}}\n" + many(size, lambda i: f"  none{i}: {{jobs: *none}}")
    }


@feature(450)
def merge_keys(size: int) -> Parts:
    rows = many(size, lambda i: f"  mk{i}: {{<<: [*mk, {{own{i}: 1}}]}}")
    return {"vars": f"  mk: &mk {{{', '.join(f'k{i}: 1' for i in range(50))}}}\n{rows}"}


@feature(900)
def aliases_in_aliases(size: int) -> Parts:
    return {"vars": f"  al: &al {listed(50, str)}\n" + many(size, lambda i: f"  al{i}: *al")}


@feature(40)
def deep_maps(size: int) -> Parts:
    one = "{a: " * size + "1" + "}" * size
    return {"job": "    hyperparameters: {" + ", ".join(f"deep{i}: {one}" for i in range(500)) + "}\n"}


# ---------------------------------------------------------------------- comments


@feature(1_500)
def ignore_comments(size: int) -> Parts:
    codes = ",".join(f"TS{code}" for code in range(500, 600))
    return {"end": many(size, lambda i: f"# trainspec: ignore[{codes}]") + "# end\n"}


@feature(9_000)
def ignores_of_one_entry(size: int) -> Parts:
    return {"job": many(size, lambda i: f"    # trainspec: ignore[TS5{i % 90 + 10}]") + "    retries: 1\n"}


@feature(9_000)
def unknown_ignores(size: int) -> Parts:
    return {"end": many(size, lambda i: f"# trainspec: ignore[TX{i:04d}{'9' * 40}]")}


@feature(60_000)
def comments(size: int) -> Parts:
    return {"end": many(size, lambda i: f"# words {i}")}


# ---------------------------------------------------------------------- Airflow's templates


def environment(texts: Iterator[str] | list[str]) -> str:
    """Strings as the environment of a job, in double quotes."""
    return "    environment:\n" + "".join(f'      E{i}: "{text}"\n' for i, text in enumerate(texts))


@feature(25)
def templates_that_double(size: int) -> Parts:
    nested = "params.a"
    for _ in range(size):
        nested = f"({nested}|default('x')).a"
    return {"job": environment([f"{{{{ {nested}|default('y') }}}}"] * 5)}


@feature(60)
def templates_with_defaults_in_defaults(size: int) -> Parts:
    return {"job": environment(["{{ params.a" + "|default(params.a" * size + ")" * size + " }}"] * 5)}


@feature(40)
def templates_that_ask_what_is_defined(size: int) -> Parts:
    nested = "params.x"
    for _ in range(size):
        nested = f"(params[{nested} is defined])"
    return {"job": environment([f"{{{{ {nested} is defined }}}}"] * 5)}


@feature(60)
def templates_of_parameters_of_parameters(size: int) -> Parts:
    return {"job": environment(["{{ " + "params[" * size + "'a'" + "]" * size + "|default('x') }}"] * 5)}


@feature(900)
def templates(size: int) -> Parts:
    return {"job": environment([f"{{{{ macros.ds_add(ds, {i}) }}}}/{{{{ ts_nodash }}}}" for i in range(size)])}


@feature(90)
def templates_of_ten_thousand_characters(size: int) -> Parts:
    return {"job": environment(["{{ ds }}" * 1_200] * size)}


@feature(900)
def unknown_macros(size: int) -> Parts:
    return {"job": environment([f"{{{{ unknown{i} }}}}" for i in range(size)])}


@feature(90)
def loops(size: int) -> Parts:
    return {"job": environment(["{% for i in range(9) %}" * 40 + "x" + "{% endfor %}" * 40] * size)}


@feature(200)
def conditions(size: int) -> Parts:
    return {"job": environment(["{{ " + "1 if ds else (" * 40 + "2" + ")" * 40 + " }}"] * size)}


# ---------------------------------------------------------------------- parameters


@feature(30)
def patterns_of_question_marks(size: int) -> Parts:
    text = "a" * size
    return {"params": f"    qm: {{default: {text}, pattern: '{'a?' * size}{text}'}}\n"}


@feature(60)
def patterns_of_alternatives(size: int) -> Parts:
    return {"params": f"    alt: {{default: {'a' * size}, pattern: '^{'(?:a|aa)' * size}b'}}\n"}


@feature(900)
def patterns_in_parameters(size: int) -> Parts:
    pattern = "^[a-z]+(-[a-z]+)*$"
    return {
        "params": many(size, lambda i: f"    pp{i}: {{default: {'ab-' * 20}!, type: string, pattern: '{pattern}'}}")
    }


@feature(50)
def schemas_that_nest(size: int) -> Parts:
    schema = "true"
    for _ in range(size // 2):
        schema = f"{{allOf: [{schema}], unevaluatedProperties: {{type: integer}}}}"
    return {"params": f"    nested: {{default: {{a: {{b: 1}}}}, properties: {{a: {schema}}}}}\n"}


@feature(30)
def schemas_of_alternatives(size: int) -> Parts:
    schema = "{type: string}"
    for _ in range(size // 2):
        schema = f"{{anyOf: [{schema}, {schema}]}}" if len(schema) < 200_000 else f"{{anyOf: [{schema}]}}"
    return {"params": f"    any: {{default: {{a: 1}}, properties: {{a: {schema}}}}}\n"}


@feature(900)
def parameters(size: int) -> Parts:
    return {"params": many(size, lambda i: f"    p{i}: {{default: {i}, type: integer, enum: {listed(10, str)}}}")}


@feature(900)
def unique_items(size: int) -> Parts:
    return {"params": f"    unique: {{default: {listed(size, lambda i: f'{{a: {i}}}')}, uniqueItems: true}}\n"}


# ---------------------------------------------------------------------- the DAG and the request


@feature(900)
def tags_of_the_dag(size: int) -> Parts:
    return {"dag": f"  tags: {listed(size, lambda i: f'tag{i}')}\n"}


@feature(45)
def schedules_of_assets(size: int) -> Parts:
    wanted = "'s3://a/b'"
    for i in range(size):
        wanted = f"{{{'any' if i % 2 else 'all'}: [{wanted}, 's3://a/{i}']}}"
    return {"dag": f"  schedule: {{assets: {wanted}}}\n"}


@feature(900)
def crons(size: int) -> Parts:
    return {
        "dag": f"  schedule: {listed(size, lambda i: chr(34) + f'{i % 60} {i % 24} 1-{i % 27 + 2}/2 * *' + chr(34))}\n"
    }


@feature(900)
def callbacks(size: int) -> Parts:
    return {"job": f"    on_failure_callback: {listed(size, lambda i: f'acme.alerts.call{i}')}\n"}


@feature(900)
def hyperparameters(size: int) -> Parts:
    return {"job": "    hyperparameters:\n" + many(size, lambda i: f"      h{i}: {{a: [{i}, {i}.5], b: text}}")}


@feature(900)
def channels(size: int) -> Parts:
    return {
        "job": "    inputs:\n"
        + many(size, lambda i: f"      ch{i}: {{s3: 's3://bucket/{i}/', content_type: text/csv}}")
    }


@feature(900)
def metrics(size: int) -> Parts:
    return {"job": "    metrics:\n" + many(size, lambda i: f"      m{i}: 'm{i}=(a+)+([0-9.]+)*'")}


@feature(900)
def tags(size: int) -> Parts:
    return {"job": "    tags:\n" + many(size, lambda i: f"      t{i}: {'A1b2' * 60}")}


@feature(14)
def secrets(size: int) -> Parts:
    token = "AKIA" + "IOSFODNN7EXAMPLE"
    return {"job": "    environment: {" + ", ".join(f"S{i}: {(token + '-') * 2_900}" for i in range(size)) + "}\n"}


@feature(900)
def raw_members(size: int) -> Parts:
    return {"job": "    request: {" + ", ".join(f"Member{i}: {{A: [{i}]}}" for i in range(size)) + "}\n"}


@feature(900)
def instance_groups(size: int) -> Parts:
    group = "{name: g%d, instance_type: ml.p4d.24xlarge, instance_count: 1}"
    return {"jobs": f"  ig: {{<<: *train, resources: {{groups: {listed(size, lambda i: group % i)}}}}}\n"}


@feature(900)
def frameworks(size: int) -> Parts:
    fields = "name: 'fw{0}', framework: {{name: pytorch, version: '2.{0}', python: py311}}, region: us-east-1"
    return {"jobs": many(size, lambda i: f"  fw{i}: {{{fields.format(i)}}}")}


@feature(30)
def algorithms_of_long_names(size: int) -> Parts:
    job = "{<<: *train, image: null, name: 'al%d', algorithm: '%s', region: us-east-1}"
    return {"jobs": many(size, lambda i: f"  al{i}: {job % (i, 'xgboost-' * 4_000 + str(i))}")}


@feature(54_000)
def comments_between_changes(size: int) -> Parts:
    lines = many(size, lambda i: f"      # {i % 150}" if i % 60 else f"         BC{i}:    x")
    return {"job": f"    environment:\n{lines}"}


@feature(900)
def arguments_of_the_container(size: int) -> Parts:
    return {"job": f"    arguments: {listed(size, lambda i: f'--option-{i}={chr(120) * 50}')}\n"}


@feature(45)
def long_documentation(size: int) -> Parts:
    return {"tasks": many(size // 3, lambda i: f"  doc{i}: {{{OPERATOR}, doc: '{'*words* `code` ' * 1_300}'}}")}


@feature(64)
def dags_of_one_spec(size: int) -> Parts:
    return {"dag": "  id: d_${for_each.x}\n", "end": f"for_each: {{x: {listed(size, str)}}}\n"}


@feature(250)
def bests_of_a_matrix(size: int) -> Parts:
    matrix = f"matrix: {{x: {listed(size, str)}}}, metrics: {{m: 'm=(.)'}}"
    best = "{<<: *train, name: 'b%d', inputs: {a: '${jobs.sw.best(m, max).model}', b: '${jobs.sw.best(m, min).model}'}}"
    sweep = f"  sw: {{<<: *train, name: 'sw-${{matrix.id}}', {matrix}}}\n"
    return {"jobs": sweep + many(size, lambda i: f"  best{i}: {best % i}")}


@feature(900)
def images_of_other_jobs(size: int) -> Parts:
    job = "  im%d: {<<: *train, name: 'im%d-{{ ts_nodash }}', image: '${jobs.%s.image}'}"
    return {"jobs": many(size, lambda i: job % (i, i, "train" if i == 0 else f"im{i - 1}"))}

"""The pages docs/fields.md and docs/rules.md, as Markdown. `python -m trainspec.reference` writes them."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from trainspec.diagnostics import Severity
from trainspec.diagnostics.codes import can_be_ignored
from trainspec.diagnostics.excerpt import visible
from trainspec.reference.codes import Explained, all_codes
from trainspec.reference.fields import Field, all_fields, below
from trainspec.reference.fixable import fixable_codes
from trainspec.reference.show import FIXABLE, anchor
from trainspec.schema.files import SPEC_SCHEMA, load_schema

_FEW_WORDS = 15
_AROUND = ("sensors", "tasks", "approvals", "triggers")
_MADE = "<!-- Written by `python -m trainspec.reference`; a test compares it with the code. -->\n"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Image, algorithm and code": (
        "name", "image", "framework", "algorithm", "source", "distribution", "entrypoint", "arguments", "image_access",
        "tuning",
    ),
    "Region, account and role": ("region", "account", "role"),
    "Inputs and hyperparameters": ("hyperparameters", "hyperparameter_encoding", "environment", "inputs", "input_mode"),
    "Outputs": ("output", "checkpoint", "model_package"),
    "Instances and time limits": ("resources", "stopping", "spot", "retry", "infra_check"),
    "Network and access": (
        "vpc", "network_isolation", "encrypt_inter_container_traffic", "remote_debug", "session_tag_chaining",
    ),
    "Monitoring and tags": (
        "metrics", "metrics_time_series", "debugger", "profiler", "tensorboard", "experiment", "mlflow", "tags",
    ),
    "Serverless customization": ("serverless",),
    "Raw request members": ("request",),
    "The operator": ("operator",),
}  # fmt: skip
"""The fields of a job by topic, but for those that are about its task."""


def fields_page() -> str:
    """docs/fields.md: every field of the language."""
    fields = all_fields()
    document = [name for name in load_schema(SPEC_SCHEMA)["properties"] if name not in ("dag", *_AROUND)]
    named = {"dag", *document, *_AROUND, *(top for group in GROUPS.values() for top in group)}
    tasks = [path for path in fields if "." not in path and path not in named]
    dag = [path for path in fields if path.startswith("dag.") and path.count(".") == 1]
    groups: dict[str, Iterable[str]] = {
        "The document": document,
        **GROUPS,
        "The task": tasks,
        "Other tasks": _AROUND,
        "The DAG": dag,
    }
    contents = (f"- [{title}](#{_slug(title)})" for title in groups)
    lines = ["# Fields", "", _MADE, _ABOUT_FIELDS, "", *contents]
    for title, tops in groups.items():
        lines += ["", f"## {title}", *_group(title, [fields[top] for top in tops])]
    return "\n".join(lines) + "\n"


_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html"

_ABOUT_FIELDS = f"""\
Every field of a spec: how to write it, which member of [CreateTrainingJob]({_API}) it becomes, and AWS's limits.
`trainspec explain FIELD` shows the same in a terminal. [language.md](language.md) explains the language as a whole.

`*` stands for any name, or for any item of a list. Nearly every value may instead be an Airflow template
(`{{{{ ds }}}}`) or a variable (`${{vars.NAME}}`)."""

_INTRODUCTIONS = {
    "The task": "Arguments of every Airflow task. Set them in a job or another task, or in `dag.default_args` for all.",
    "The operator": "How the Airflow task creates the job and waits for it.",
    "Raw request members": "For request members that trainspec does not know yet.",
    "Other tasks": "Maps of tasks, by task id. Each task also takes the arguments that [every task](#the-task) takes.",
}


def _group(title: str, tops: list[Field]) -> Iterator[str]:
    if title == "The DAG":
        yield from ("", '<a id="dag"></a>')
    if title in _INTRODUCTIONS:
        yield from ("", _INTRODUCTIONS[title])
    flat = [field for field in tops if not _has_more(field)]
    if flat:
        yield from ("", *_table(flat, with_anchors=True))
    for field in tops:
        if _has_more(field):
            yield from _section(field)


def _has_more(field: Field) -> bool:
    return any(not each.path.endswith(".*") for each in below(field.path)) or len(field.words) > _FEW_WORDS


def _section(field: Field) -> Iterator[str]:
    yield from ("", f"### `{field.path}`", "", _cell(field.description))
    form = "" if field.words else f"Written as {field.form}."
    member = f" It becomes `{field.member}`." if field.member else ""
    limits = f" AWS takes {field.limits}." if field.limits else ""
    yield from ("", f"{form}{member}{limits}".strip())
    if field.example:
        yield from ("", *_fence(field.example))
    yield from ("", *_table(below(field.path)))
    for each in below(field.path):
        if len(each.words) > _FEW_WORDS and "*" not in each.path:
            yield from ("", f"<details><summary>The {len(each.words)} values of <code>{each.path}</code></summary>", "")
            yield from (", ".join(f"`{word}`" for word in each.words), "", "</details>")


def _fence(example: str, *, is_bad: bool = False) -> Iterator[str]:
    """An example, marked for the tests: as not a complete spec, or as wrong."""
    marks = [*(["bad"] if is_bad else []), *([] if example.startswith("trainspec:") else ["fragment"])]
    if marks:
        yield f"<!-- {' '.join(marks)} -->"
    yield from ("```yaml", "\n".join(map(visible, example.splitlines())), "```")


def _table(fields: Iterable[Field], *, with_anchors: bool = False) -> Iterator[str]:
    yield "| field | written as | becomes | description |"
    yield "| --- | --- | --- | --- |"
    for field in fields:
        name = f"`{field.path}`"
        if with_anchors:
            name = f'<a id="{anchor(field.path)}"></a>{name}'
        member = _code(field.member) + (f" ({field.limits})" if field.limits else "")
        yield f"| {name} | {_written(field)} | {member} | {_cell(_description(field))} |"


def _written(field: Field) -> str:
    if len(field.words) > _FEW_WORDS:
        return f"one of {len(field.words)} values"
    return ", ".join(f"`{word}`" for word in field.words) or _cell(field.form)


def _description(field: Field) -> str:
    extra = [
        "Required." if field.is_required else "",
        "Only in a list item." if field.in_list else "",
        f"Default: {field.default}." if field.default else "",
    ]
    return " ".join(part for part in (field.description, *extra) if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


# ---------------------------------------------------------------------- rules.md

_ABOUT_RULES = """\
Every code that a finding can have. `trainspec explain CODE` shows the same in a terminal;
[diagnostics.md](diagnostics.md) explains how findings are shown, silenced and given other severities.

An **error** means that a spec cannot be compiled, or that SageMaker or Airflow would reject the result. A **warning**
is about something that they accept but that is most likely a mistake. A **note** is worth knowing. Most examples show
only some fields of an otherwise valid job. The column `--fix` shows which codes
[`trainspec lint --fix`](diagnostics.md#fixing) can fix, where there is exactly one correct fix."""

_STAGES: Mapping[str, str] = {
    "TS0": "Reading a file",
    "TS1": "The language",
    "TS2": "Variables",
    "TS3": "Templates",
    "TS4": "The request and the API's model",
    "TS5": "Rules: valid in the API's model, but rejected by SageMaker or Airflow, or needlessly expensive",
    "TS6": "The DAG",
    "TS7": "Generated files, policies and source",
    "TS8": "Rules: built-in algorithms, images, containers and instances, checked against AWS's documentation",
    "TS9": "The account (`trainspec preflight`)",
}


def rules_page() -> str:
    """docs/rules.md: every code."""
    codes = all_codes()
    contents = (f"- [{title}](#{_slug(title)})" for title in _STAGES.values())
    lines = ["# Rules", "", _MADE, _ABOUT_RULES, "", *contents]
    for prefix, title in _STAGES.items():
        mine = [known for known in codes if known.code.id.startswith(prefix)]
        lines += ["", f"## {title}", "", "| code | severity | `--fix` | |", "| --- | --- | --- | --- |"]
        lines += [_row(known) for known in mine]
        for known in mine:
            lines += _rule(known)
    return "\n".join(lines) + "\n"


def _row(known: Explained) -> str:
    code = known.code
    fix = "yes" if code.id in fixable_codes() else ""
    return f"| [{code.id}](#{code.id.lower()}) | {code.severity.value} | {fix} | {_cell(code.summary)} |"


def _rule(known: Explained) -> Iterator[str]:
    code = known.code
    yield from ("", f"### {code.id}", "", f"**{code.summary[0].upper()}{code.summary[1:]}** ({code.severity.value})")
    yield from ("", known.text)
    for title, example in (("Bad", known.bad), ("Good", known.good)):
        if example is not None:
            yield from ("", f"{title}:", "", *_fence(example, is_bad=title == "Bad"))
    if code.id in fixable_codes():
        yield from ("", FIXABLE)
    if code.severity is Severity.ERROR and not can_be_ignored(code):
        yield from ("", "It cannot be silenced.")


def _slug(title: str) -> str:
    kept = "".join(each for each in title.lower() if each.isalnum() or each in " -")
    return kept.replace(" ", "-")


PAGES: Mapping[str, Callable[[], str]] = {"fields.md": fields_page, "rules.md": rules_page}

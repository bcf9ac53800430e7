"""`os.getenv("NAME", "default")` in a DAG file becomes a variable of the spec, whose value is the default.

While the file is read, such a string contains the variable's name and default between three characters that no
request can contain; strings built from it contain them, too. An operation that would inspect the string leaves it
unread. `Variable.get("name")`, an Airflow variable, is marked in the same way: it becomes the template that reads it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_OPEN, _THEN, _END = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"{_OPEN}([^{_THEN}]*){_THEN}([^{_END}]*){_END}")
_UNFIT = re.compile(f"[{{}}$\n{_OPEN}{_THEN}{_END}]")
GETTERS = ("os.getenv", "os.environ.get")
AIRFLOW_GETTERS = ("airflow.models.Variable.get", "airflow.models.variable.Variable.get", "airflow.sdk.Variable.get")
_KEY = r"[\w -]{1,200}"
_OF_AIRFLOW = "{"
"""Takes the place of the name in the mark of a template."""


def variable(name: Any, default: Any) -> str | None:
    """The string that stands for an environment variable; None if a spec cannot have such a variable."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_]\w{0,99}", name, re.ASCII):
        return None
    return f"{_OPEN}{name}{_THEN}{default}{_END}" if isinstance(default, str) and not _UNFIT.search(default) else None


def airflow_variable(name: Any, default: Any = ..., is_json: bool = False) -> str | None:
    """The string that stands for an Airflow variable; None if no template can read it.

    https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html#airflow-variables-in-templates
    """
    if not isinstance(name, str) or not re.fullmatch(r"[\w.:/ -]{1,200}", name, re.ASCII):
        return None
    of = "json" if is_json else "value"
    if default is ...:
        return f"{_OPEN}{_OF_AIRFLOW}{_THEN}{airflow_template(name, of)}{_END}"
    if isinstance(default, str) and not is_json and not re.search(r"['\\]", default) and not _UNFIT.search(default):
        read = f"get('{name}', '{default}')"
    else:
        return None
    return f"{_OPEN}{_OF_AIRFLOW}{_THEN}{{{{ var.{of}.{read} }}}}{_END}"


def airflow_template(name: str, of: str = "value") -> str:
    """The template that reads an Airflow variable."""
    read = name if re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) and name != "get" else f"get({name!r})"
    return f"{{{{ var.{of}.{read} }}}}"


def is_of_airflow(value: Any) -> bool:
    """Whether a string contains an Airflow variable, which is only possible in a templated field."""
    return isinstance(value, str) and f"{_OPEN}{_OF_AIRFLOW}{_THEN}" in value


def is_within_template(value: str) -> bool:
    """Whether an Airflow variable is inside a template of the string, which cannot contain another template."""
    from jinja2 import Environment, TemplateSyntaxError

    bare = _MARK.sub(lambda found: _OPEN if found[1] == _OF_AIRFLOW else "", value)
    try:
        tokens = list(Environment().lex(bare))  # noqa: S701  # nothing is rendered
    except TemplateSyntaxError:
        return True  # outside a string, the mark is not a Jinja token
    return any(kind != "data" and _OPEN in token for _, kind, token in tokens)


def member_of_variable(value: Any, key: Any) -> str | None:
    """The string that stands for an item of a JSON Airflow variable; None for anything else."""
    if not is_of_airflow(value) or not isinstance(key, str | int) or not re.fullmatch(_KEY, str(key), re.ASCII):
        return None
    mark = re.fullmatch(f"{_OPEN}{_OF_AIRFLOW}{_THEN}{{{{ (var\\.json\\.[^{_END}]*) }}}}{_END}", value)
    if not mark:
        return None
    return f"{_OPEN}{_OF_AIRFLOW}{_THEN}{{{{ {mark[1]}[{key!r}] }}}}{_END}"


def is_variable(value: Any) -> bool:
    """Whether a value is a string that depends on the environment."""
    return isinstance(value, str) and _OPEN in value


def by_default(text: str) -> str:
    """`text` as it is if the environment sets nothing."""
    return _MARK.sub(r"\2", text)


def remarks_on(*values: Any) -> list[str]:
    """A remark for each environment variable in `values`, under the name that the spec gives it."""
    defaults: dict[str, str] = {}
    sources: dict[str, str] = {}
    for each in values:
        with_variables(each, defaults, sources)
    return [
        f"the environment variable `{sources[name]}` is written as the variable `{name}` of the spec: "
        + (f"`{default}`" if default else "an empty string")
        for name, default in defaults.items()
    ]


def with_variables(value: Any, defaults: dict[str, str], sources: dict[str, str] | None = None) -> Any:
    """`value` with `${vars.NAME}` for strings from the environment.

    The default of each is added to `defaults`, and its name in the environment to `sources`.
    """
    if isinstance(value, Mapping):
        return {by_default(key): with_variables(below, defaults, sources) for key, below in value.items()}
    if isinstance(value, list):
        return [with_variables(below, defaults, sources) for below in value]
    if not is_variable(value):
        return value

    def said(found: re.Match[str]) -> str:
        if found[1] == _OF_AIRFLOW:
            return found[2]
        known = _known(found[1], found[2], defaults)
        (sources if sources is not None else {}).setdefault(known, found[1])
        return f"${{vars.{known}}}"

    return _MARK.sub(said, value)


def names_of_variables(value: Any) -> Iterator[str]:
    """The names in a map that depend on the environment, with their defaults: a spec has no variables in names."""
    if isinstance(value, Mapping):
        yield from (by_default(key) for key in value if is_variable(key))
        for below in value.values():
            yield from names_of_variables(below)
    elif isinstance(value, list):
        for below in value:
            yield from names_of_variables(below)


def _known(name: str, default: str, defaults: dict[str, str]) -> str:
    """The spec's name for an environment variable: another default needs another variable."""
    base = name.lower()
    known, count = base, 2
    while defaults.setdefault(known, default) != default:
        known, count = f"{base}_{count}", count + 1
    return known

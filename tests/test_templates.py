"""The predicted results of templates, compared with Jinja as Airflow configures it."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from trainspec.dag.checks.params import allowed_values, declared_params
from trainspec.templates import for_airflow, render
from trainspec.templates.evaluate import Evaluation
from trainspec.templates.literal import parse_template
from trainspec.templates.values import UNKNOWN, Namespace, Params

from helpers import tried

PARAMS: Mapping[str, Any] = {"size": "m", "empty": "", "count": 3, "zero": 0, "yes": True, "no": False}
AIRFLOWS = SandboxedEnvironment(undefined=StrictUndefined, extensions=["jinja2.ext.do"], cache_size=0)
"""What `DAG.get_template_env` creates in Airflow 2.11 and 3.3, except the filters and macros."""


def ours(text: str, **names: Any) -> str | None:
    """Our prediction of what `text` renders to; None if that is not known."""
    return render(text, {"params": Params(PARAMS), **names}).text


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("{% if params.size == 's' %}4{% elif params.size == 'm' %}6{% else %}8{% endif %}", "6"),
        ("{% if params.size == 'm' %}4{% elif params.size == 'm' %}6{% else %}8{% endif %}", "4"),
        ("{% if params.no %}4{% elif params.zero %}6{% elif params.empty %}7{% else %}8{% endif %}", "8"),
        ("{% if params.no %}4{% elif params.zero %}6{% endif %}.", "."),
        ("{% set v = 'big' %}{% if params.size == 's' %}{% set v = 'small' %}{% endif %}{{ v }}", "big"),
        ("{% set v = 'big' %}{% if params.yes %}{% set v = 'small' %}{% endif %}{{ v }}", "small"),
        ("{% if params.no %}{% set v = 1 %}{% elif params.yes %}{% set v = 2 %}{% endif %}{{ v }}", "2"),
        ("{% if params.no %}{% set v = 1 %}{% endif %}{{ v | default('none') }}", "none"),
        ("{% if params.no %}{% set v = 1 %}{% endif %}{% if v is defined %}a{% else %}b{% endif %}", "b"),
        ("{{ params.empty | default('base', true) }}", "base"),
        ("{{ params.empty | d('base', boolean=true) }}", "base"),
        ("{{ params.zero | default(default_value='base', boolean=params.yes) }}", "base"),
        ("a{{ params.empty | default('base') }}", "a"),
        ("{{ params.absent | default(default_value='base') }}", "base"),
        ("{{ params.size | default('base', true) }}", "m"),
        ("{{ none | default('q', true) }}", "q"),
        ("{% if none | default('q') %}a{% else %}b{% endif %}", "b"),
    ],
)  # fmt: skip
def test_certain_texts_are_what_airflow_renders(text: str, rendered: str) -> None:
    assert AIRFLOWS.from_string(for_airflow(text)).render(params=PARAMS) == rendered
    assert ours(text) == rendered


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("{% set v = 'a' %}{% if t.some %}{% set v = 'b' %}{% endif %}{{ v }}", None),
        ("{% set v = 'a' %}{% set w = 'a' %}{% if t.some %}{% set v = 'b' %}{% endif %}{{ w }}", None),
        ("{{ none | default('q') }}", None),
        ("{{ t.some | default('q') }}", None),
        ("{{ params.size | default('q', t.some) }}", None),
        ("{{ params.size | default(*t.some) }}", None),
        ("{{ ['a', 'b'] | join(*t.some) }}", None),
        ("{{ 'xay'.strip(*t.some) }}", None),
        ("{{ t | string }}", None),
        ("{{ params.size | replace('m', t) }}", None),
        ("{% if params.no %}{% set v = 1 %}{% endif %}{{ v }}", None),
    ],
)
def test_what_a_run_decides_is_unknown_and_no_problem(text: str, rendered: str | None) -> None:
    found = render(text, {"params": Params(PARAMS), "t": Namespace({})})
    assert (found.text, found.problems) == (rendered, ())


def test_names_after_an_undecided_if_are_known_where_its_branches_agree() -> None:
    def names(text: str) -> Mapping[str, Any]:
        walk = Evaluation({"t": UNKNOWN})
        walk.body(parse_template(text).body)
        return walk.names

    assert names("{% if t %}{% set v = 'a' %}{% endif %}")["v"] is UNKNOWN
    assert names("{% set v = 1 %}{% if t %}{% set v = true %}{% endif %}")["v"] is UNKNOWN
    assert names("{% if t %}{% set v = 'a' %}{% else %}{% set v = 'a' %}{% endif %}")["v"] == "a"
    decided = "{% if t %}{% elif true %}{% set v = 'a' %}{% else %}{% set v = 'b' %}{% endif %}"
    assert names("{% set v = 'a' %}" + decided)["v"] == "a"


def test_problems_of_all_branches_are_told_once() -> None:
    text = "{% if params.no %}{{ typo }}{% elif params.yes %}{{ other }}{% else %}{{ typo }}{{ params.x }}{% endif %}"
    reported = [each.message for each in render(text, {"params": Params(PARAMS)}).problems]
    assert [message.split("`")[1] for message in reported] == ["typo", "other", "x"]


def test_a_default_without_a_context_is_no_constant() -> None:
    assert render("{{ ds | default('x') }}").text is None


def test_a_template_sees_no_params_as_false() -> None:
    assert render("{% if params %}a{% else %}b{% endif %}", {"params": Params({})}).text == "b"


# ---------------------------------------------------------------------- any small template

_NAMES = st.sampled_from(["v", "w"])
_ATOMS = st.sampled_from(
    ["'a'", "''", "'m'", "0", "1", "3", "true", "false", "none", "v", "w", "nowhere", "params.absent"]
    + [f"params.{name}" for name in PARAMS]
)


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def of(form: str) -> st.SearchStrategy[str]:
        return st.tuples(inner, inner, inner).map(lambda parts: "(" + form.format(*parts) + ")")

    return st.one_of(
        *map(
            of, ["{} | default({})", "{} | d({}, true)", "{} | default({}, boolean={})", "{} | default", "{} | lower"]
        ),
        *map(of, ["{} == {}", "{} != {}", "{} in [{}, {}]", "{} ~ {}", "not {}", "{} if {} else {}", "{} is defined"]),
        *map(of, ["{} | string | length", "{} + {}", "{} | replace('a', {})", "[{}, {}] | join({})", "{} and {}"]),
    )


EXPRESSIONS = st.recursive(_ATOMS, _expressions, max_leaves=5)


def _statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    blocks = st.lists(inner, max_size=3).map("".join)
    return st.one_of(
        st.builds("{{% if {} %}}{}{{% endif %}}".format, EXPRESSIONS, blocks),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, EXPRESSIONS, blocks, blocks),
        st.builds(
            "{{% if {} %}}{}{{% elif {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format,
            EXPRESSIONS, blocks, EXPRESSIONS, blocks, EXPRESSIONS, blocks, blocks,
        ),
        st.builds("{{% for {} in [1, 2] %}}{}{{% endfor %}}".format, _NAMES, blocks),
        st.builds("{{% set {} %}}{}{{% endset %}}".format, _NAMES, blocks),
    )  # fmt: skip


STATEMENTS = st.recursive(
    st.one_of(
        st.sampled_from(["x", ".", " "]),
        st.builds("{{{{ {} }}}}".format, EXPRESSIONS),
        st.builds("{{% set {} = {} %}}".format, _NAMES, EXPRESSIONS),
    ),
    _statements,
    max_leaves=8,
)
TEMPLATES = st.lists(STATEMENTS, min_size=1, max_size=5).map("".join)


@pytest.mark.slow
@tried(400, daily=60)
@given(TEMPLATES)
def test_what_is_certain_is_what_jinja_renders(text: str) -> None:
    certain = ours(text)
    if certain is None:
        return
    try:
        rendered = AIRFLOWS.from_string(for_airflow(text)).render(params=PARAMS)
    except (TypeError, UndefinedError):
        return  # the task fails: the samples are not all runs, so a finding would not prove the template wrong
    assert certain == rendered, text


# ---------------------------------------------------------------------- in a spec


def test_params_of_default_args_take_the_place_of_those_of_the_dag() -> None:
    data: Any = {
        "dag": {
            "params": {"m": {"default": "ml.m5.large", "enum": ["ml.m5.large"]}, "n": 1},
            "default_args": {"params": {"m": "ml.p5.48xlarge"}},
        }
    }
    assert declared_params(data, {}) == (("m", "ml.p5.48xlarge", "str"), ("n", 1, "int"))
    assert allowed_values(data, {})["m"] == ()
    assert declared_params(data, {"params": {"m": "ml.m5.xlarge"}}) == (("m", "ml.m5.xlarge", "str"), ("n", 1, "int"))

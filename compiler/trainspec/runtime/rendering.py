"""Renders a request's templates to strings, whatever the DAG sets.

With `render_template_as_native_obj=True`, Airflow turns the result of a template into Python objects: a hyperparameter
"0.20" becomes 0.2 and "10" becomes 10, but SageMaker needs the exact strings. So a request is always rendered to
strings, and the members that are integers or booleans are cast afterwards (see `engine/casting.py`).
"""

from typing import Any

from trainspec.runtime.airflow_compat import render_to_string


def text_environment(environment: Any, dag: Any) -> Any:
    """Return a Jinja environment like `environment` that renders to strings and keeps a trailing newline."""
    from jinja2.nativetypes import NativeEnvironment

    if isinstance(environment, NativeEnvironment):
        environment = dag.get_template_env(force_sandboxed=True)
    environment.keep_trailing_newline = True
    return environment


def render_text(text: str, context: Any, environment: Any) -> str:
    """Render `text`. Without a template in it, it is returned unchanged: Jinja would change line endings."""
    starts = (environment.variable_start_string, environment.block_start_string, environment.comment_start_string)
    if not any(start in text for start in starts) and not environment.line_statement_prefix:
        return text
    return render_to_string(environment.from_string(text), context)

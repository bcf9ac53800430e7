"""Airflow's templates, `{{ ... }}`: what they mean, determined without running them.

A spec is untrusted, so nothing here renders with Jinja: Jinja parses, and a small evaluator of our own walks the syntax
tree over a table of what Airflow gives to templates. What it does not know is unknown, never guessed.
"""

from trainspec.templates.context import SAMPLES, Sample
from trainspec.templates.literal import as_literal, as_template, for_airflow, has_template
from trainspec.templates.problem import Problem
from trainspec.templates.render import Rendered, folded, render

__all__ = [
    "SAMPLES",
    "Problem",
    "Rendered",
    "Sample",
    "as_literal",
    "as_template",
    "folded",
    "for_airflow",
    "has_template",
    "render",
]

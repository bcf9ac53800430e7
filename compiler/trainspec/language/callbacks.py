"""The models of callbacks: functions of yours that Airflow calls, named by their dotted paths.

The compiler never imports them: they become an import and a name in the DAG file.
"""

from typing import Annotated, Any, TypeAlias

from pydantic import Field, StrictStr
from trainspec.language.parts import Model

PATH_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$(?!\n)"
_FORM = "a dotted path such as my_team.alerts.page"

Keyword: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)")]
DottedPath: TypeAlias = Annotated[StrictStr, Field(pattern=PATH_PATTERN, json_schema_extra={"x-form": _FORM})]


class CalledBack(Model):
    """A class or function that is called when the DAG is loaded and returns the callback, as Airflow's notifiers do."""

    path: DottedPath = Field(
        description="Dotted path of the class or function, such as "
        "airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier."
    )
    arguments: dict[Keyword, Any] | None = Field(None, description="Arguments that it is called with, by name.")


Callback: TypeAlias = Annotated[
    DottedPath | CalledBack, Field(json_schema_extra={"x-form": f"{_FORM}, or a map with a path and arguments"})
]
Callbacks: TypeAlias = Annotated[
    DottedPath | CalledBack | list[Callback],
    Field(json_schema_extra={"x-form": f"{_FORM}, a map with a path and arguments, or a list"}),
]

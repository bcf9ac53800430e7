"""The models of assets: what a DAG waits for and what its tasks update.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
"""

from typing import Annotated, Any, TypeAlias

from pydantic import Field
from trainspec.language.callbacks import DottedPath, Keyword
from trainspec.language.forms import Text
from trainspec.language.parts import Model


class Watcher(Model):
    """A trigger that watches something outside of Airflow and reports an update of the asset for each event.

    https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/event-scheduling.html
    """

    name: Text = Field(description="The watcher's name, unique for the asset.")
    trigger: DottedPath = Field(
        description="Dotted path of the event trigger's class, such as "
        "airflow.providers.amazon.aws.triggers.sqs.SqsSensorTrigger."
    )
    arguments: dict[Keyword, Any] | None = Field(None, description="Arguments of the trigger, by name.")


class Asset(Model):
    """One asset: its URI, its name, or both."""

    uri: Text | None = Field(None, description="Where the data is, such as s3://my-bucket/data/.")
    name: Text | None = Field(None, description="The asset's name in Airflow; default: its URI. (Airflow 3)")
    group: Text | None = Field(None, description="The group that Airflow lists the asset in. (Airflow 3)")
    extra: dict[str, Any] | None = Field(None, description="Any further information to store with the asset.")
    watchers: Annotated[list[Watcher], Field(min_length=1)] | None = Field(
        None,
        description="Triggers that report an update of the asset when something happens outside Airflow. (Airflow 3)",
    )


class AssetCondition(Asset):
    """An asset, or several of which `any` or `all` must have been updated."""

    any: "Annotated[list[Condition], Field(min_length=1)] | None" = Field(
        None, description="Conditions of which at least one must be met."
    )
    all: "Annotated[list[Condition], Field(min_length=1)] | None" = Field(
        None, description="Conditions that must all be met."
    )


Condition: TypeAlias = Annotated[
    Text | AssetCondition, Field(json_schema_extra={"x-form": "a URI, or a map with a uri or name, any or all"})
]
OneAsset: TypeAlias = Annotated[Text | Asset, Field(json_schema_extra={"x-form": "a URI, or a map with a uri or name"})]
Assets: TypeAlias = Annotated[
    Text | Asset | list[OneAsset], Field(json_schema_extra={"x-form": "a URI, a map with a uri or name, or a list"})
]
AssetCondition.model_rebuild()

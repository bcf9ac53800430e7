"""OpenLineage: the data sets that a training job reads, and the model that it writes.

Imported only by the operator's OpenLineage methods, which only Airflow's OpenLineage provider calls.
https://airflow.apache.org/docs/apache-airflow-providers-openlineage/stable/guides/developer.html
https://openlineage.io/docs/spec/naming
"""

from collections.abc import Iterator, Mapping
from typing import Any


def lineage(request: Mapping[str, Any], model: str | None) -> Any:
    """Return the provider's OperatorLineage of the job that `request` describes; `model`: the S3 path of its artifact.

    Without a model, the job's output path stands for what it is going to write.
    """
    from airflow.providers.common.compat.openlineage.facet import Dataset
    from airflow.providers.openlineage.extractors import OperatorLineage

    output = model or (request.get("OutputDataConfig") or {}).get("S3OutputPath")
    return OperatorLineage(
        inputs=[Dataset(*where) for where in dict.fromkeys(map(data_set, _inputs(request)))],
        outputs=[Dataset(*data_set(output))] if output else [],
    )


def data_set(uri: str) -> tuple[str, str]:
    """Return namespace and name of the data at the S3 address `uri`."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return f"s3://{bucket}", key or "/"


def _inputs(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield the S3 addresses that the channels read. OpenLineage has no names for file systems."""
    for channel in request.get("InputDataConfig") or []:
        source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
        if uri := source.get("S3Uri"):
            yield uri

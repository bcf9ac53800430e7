"""An instance type without local storage is used without a volume.

If an instance type has no NVMe disks, `volume_size` must set the size of the volume for data and checkpoints.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.machines import instance_types, needs_volume
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS851", "an instance without any storage", Severity.WARNING)

BAD = """
resources: {instance_type: ml.c5.xlarge, volume_size: null}
"""

GOOD = """
resources: {instance_type: ml.c5.xlarge, volume_size: 30GB}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find machines without storage where VolumeSizeInGB is missing."""
    if (
        job.member("ResourceConfig", "VolumeSizeInGB") is not None
        or "resources" in job.invalid_fields
        or job.is_serverless
    ):
        return
    for name, place in instance_types(job):
        if needs_volume(name):
            message = f"{name} has no local storage, and the job does not set `volume_size`"
            yield Found(job.origin(*place), message, "add, for example, `volume_size: 30GB`")
            return

"""`volume_size` is set for an instance type with local storage.

SageMaker attaches no volume to instances with NVMe disks, such as those of the g4dn, g5 and p4d families. The storage
is that of the instance type, and `volume_size` has no effect.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.machines import has_local_storage, instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS524", "a volume size for an instance with local storage", Severity.NOTE)

BAD = """
resources: {instance_type: ml.g5.2xlarge, volume_size: 200GB}
"""

GOOD = """
resources: {instance_type: ml.g5.2xlarge, volume_size: null}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find VolumeSizeInGB where every machine has local storage."""
    size = job.number("ResourceConfig", "VolumeSizeInGB")
    names = [name for name, _place in instance_types(job)]
    if size and names and all(map(has_local_storage, names)):
        message = f"{names[0]} has local storage: SageMaker attaches no volume, and the {size:,} GB have no effect"
        yield Found(job.origin("ResourceConfig", "VolumeSizeInGB"), message, "remove `volume_size`", on_key=True)

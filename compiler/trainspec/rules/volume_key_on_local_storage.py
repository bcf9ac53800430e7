"""`volume_kms_key` is set for instances without a volume.

Instances with local storage have no EBS volume, and their disks are encrypted by the hardware. SageMaker rejects
`volume_kms_key` for them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.machines import has_local_storage, instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS507", "a volume key for instances without a volume")
ONLY_WITH = ("VolumeKmsKeyId",)

BAD = """
resources: {instance_type: ml.g5.2xlarge, volume_size: null, volume_kms_key: 1234abcd-12ab-34cd-56ef-1234567890ab}
"""

GOOD = """
resources: {instance_type: ml.m5.2xlarge, volume_kms_key: 1234abcd-12ab-34cd-56ef-1234567890ab}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find VolumeKmsKeyId where every machine has local storage."""
    names = [name for name, _place in instance_types(job)]
    if job.member("ResourceConfig", "VolumeKmsKeyId") and names and all(map(has_local_storage, names)):
        message = f"{names[0]} has no volume to encrypt: its local disks are encrypted by the hardware"
        yield Found(job.origin("ResourceConfig", "VolumeKmsKeyId"), message, "remove `volume_kms_key`", on_key=True)

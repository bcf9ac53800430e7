"""`volume_kms_key` is set although some of the instance groups have no volume.

SageMaker rejects `volume_kms_key` for instances with local storage, even if another instance group of the job has a
volume.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.machines import has_local_storage, instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS853", "a volume key for instances of which some have no volume", Severity.WARNING)
ONLY_WITH = ("VolumeKmsKeyId",)

BAD = """
resources:
  instance_type: null
  instance_count: null
  volume_kms_key: 1234abcd-12ab-34cd-56ef-1234567890ab
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.g5.2xlarge, instance_count: 1}
"""

GOOD = """
resources:
  instance_type: null
  instance_count: null
  volume_kms_key: 1234abcd-12ab-34cd-56ef-1234567890ab
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.c5.2xlarge, instance_count: 1}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find VolumeKmsKeyId where some machines have local storage, and others have not."""
    place = ("ResourceConfig", "VolumeKmsKeyId")
    names = [name for name, _place in instance_types(job)] if job.member(*place) else []
    own = [name for name in names if has_local_storage(name)]
    if own and len(own) < len(names):
        message = f"{own[0]} has no volume to encrypt, and SageMaker rejects `volume_kms_key` for it"
        yield Found(
            job.origin(*place), message, "remove `volume_kms_key`: the hardware encrypts those disks", on_key=True
        )

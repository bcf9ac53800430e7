"""A placement on UltraServers for instances that are not part of one.

`resources.placement` determines which instances of an UltraServer a job gets. It applies only to UltraServer
capacity, and the placed instances must add up to the instances of the job.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePlacementConfig.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS850", "a placement of instances that are not in an UltraServer")
ONLY_WITH = ("InstancePlacementConfig",)

BAD = """
resources: {placement: {multiple_jobs: true}}
"""

GOOD = """
resources:
  instance_type: ml.p6e-gb200.36xlarge
  volume_size: null
  training_plan: arn:aws:sagemaker:us-east-1:123456789012:training-plan/my-plan
  placement: {multiple_jobs: true}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the instance type, and add up PlacementSpecifications."""
    place = ("ResourceConfig", "InstancePlacementConfig")
    if job.member(*place) is None:
        return
    named = [name for name, _place in instance_types(job)]
    others = [name for name in named if not re.match(r"ml\.(?:p6e-gb[0-9]+|trn2u|u-?[a-z0-9]*gb)", name)]
    if others and job.member("ResourceConfig", "InstancePreferences") is None:
        name = others[0]
        message = f"a placement is for UltraServers, but {name} is not an UltraServer instance type"
        yield Found(
            ("resources", "placement"), message, "remove `placement`, or use ml.p6e-gb200.36xlarge", on_key=True
        )
        return
    count = job.number("ResourceConfig", "InstanceCount")
    counts = [job.number(*each, "InstanceCount") for each in job.places(*place, "PlacementSpecifications")]
    known = [each for each in counts if each is not None]
    if count is not None and known and len(known) == len(counts) and sum(known) != count and min(known) > 0:
        message = f"the placement is for {sum(known)} instances, but the job has {count}"
        yield Found(("resources", "placement"), message, f"place {count}", on_key=True)

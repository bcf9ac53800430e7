"""A variable that requests EFA on an instance type without it.

Variables such as `FI_PROVIDER: efa` make libfabric use the Elastic Fabric Adapter. On an instance without one, the
variable has no effect, or the processes cannot find each other (`fi_getinfo` fails). Which instance types have EFA is
taken from EC2's descriptions.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS814", "EFA on an instance type without it", Severity.WARNING)

BAD = """
environment: {FI_PROVIDER: efa}
resources: {instance_type: ml.g5.xlarge, volume_size: null}
"""

GOOD = """
environment: {FI_PROVIDER: efa}
resources: {instance_type: ml.p4d.24xlarge, volume_size: null}
"""

VARIABLES = {"FI_PROVIDER": ("efa",), "FI_EFA_USE_DEVICE_RDMA": ("1",)}
"""Variables of libfabric, with the values that ask for EFA."""
ONLY_WITH = tuple(VARIABLES)


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the machines where a variable asks for EFA."""
    asked = [name for name, values in VARIABLES.items() if job.text("Environment", name) in values]
    if not asked:
        return
    from trainspec.request.machines import as_of, machine

    known = [(name, machine(name)) for name, _place in instance_types(job)]
    without = [name for name, found in known if found is not None and not found.efa]
    if without and len(without) == len(known):
        message = f"`{asked[0]}` requests EFA, which {without[0]} does not have (as of {as_of()})"
        advice = f"remove `{asked[0]}`, or use an instance type with EFA, such as ml.g5.8xlarge or ml.p5.48xlarge"
        yield Found(job.origin("Environment", asked[0]), message, advice)

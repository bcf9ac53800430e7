"""A container with network isolation cannot be debugged remotely.

Remote debugging uses AWS Systems Manager, which the container cannot reach with network isolation. SageMaker rejects
`remote_debug` together with `network_isolation`.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-remote-debugging.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS515", "remote debugging of a container with network isolation")
ONLY_WITH = ("RemoteDebugConfig",)

BAD = """
remote_debug: true
network_isolation: true
"""

GOOD = """
remote_debug: true
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find EnableRemoteDebug with EnableNetworkIsolation."""
    place = ("RemoteDebugConfig", "EnableRemoteDebug")
    if job.is_on(*place) and job.is_on("EnableNetworkIsolation"):
        message = "`remote_debug` needs network access, which `network_isolation` blocks"
        yield Found(job.origin(*place), message, "remove one of the two")

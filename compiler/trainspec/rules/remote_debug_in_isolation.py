"""Nobody gets into an isolated container.

Remote debugging goes through AWS Systems Manager, which an isolated container cannot reach: SageMaker refuses
`remote_debug` with `network_isolation`.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-remote-debugging.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS515", "remote debugging of an isolated container")

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
        message = "`remote_debug` needs the network that `network_isolation` takes away"
        yield Found(job.origin(*place), message, "remove one of the two")

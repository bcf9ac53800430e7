"""A `distribution` in a heterogeneous cluster that does not name exactly one instance group.

In a heterogeneous cluster, one instance group trains and the others prepare data. `mpi` and `smddp` need to know
which one trains; parameter servers and MultiWorkerMirroredStrategy always run on all groups.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-heterogeneous-cluster-configure.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, did_you_mean
from trainspec.rules.support.distribution import distribution_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS764", "a distribution that does not name exactly one instance group")

BAD = """
resources:
  instance_type: null
  instance_count: null
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.p4d.24xlarge, instance_count: 1}
distribution: {type: mpi, instance_groups: [training, data]}
"""

GOOD = """
resources:
  instance_type: null
  instance_count: null
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.p4d.24xlarge, instance_count: 1}
distribution: {type: mpi, instance_groups: [training]}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the groups that are named with those that the job has."""
    found = distribution_of(job)
    if found is None or "resources" in job.invalid_fields:
        return
    places = tuple(job.places("ResourceConfig", "InstanceGroups"))
    known = [name for place in places if (name := job.text(*place, "InstanceGroupName")) is not None]
    named = found.options.get("instance_groups") or []
    at = ("distribution", "instance_groups") if named else found.at
    if len(known) < len(places):
        return
    for index, name in enumerate(named):
        if name not in known:
            advice = did_you_mean(name, known) or "use one of `resources.groups`"
            yield Found((*at, index), f"the job has no instance group `{name}`", advice)
            return
    if named and found.name in ("parameter_server", "mwms"):
        yield Found(
            at, f"`{found.name}` runs on all instance groups, regardless of `instance_groups`", "use `mpi` or `smddp`"
        )
    elif found.kind.takes_groups and len(known) > 1 and len(named) != 1:
        what = f"and `instance_groups` names {len(named)}" if named else "and `instance_groups` is missing"
        message = f"`{found.name}` trains on one instance group, but the job has {len(known)}, {what}"
        yield Found(at, message, f"name one, for example `instance_groups: [{known[0]}]`")

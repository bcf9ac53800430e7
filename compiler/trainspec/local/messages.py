"""How a run reports a job: its phases, and how long they last."""

from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.kinds import TRAINING, JobKind


def span(seconds: float) -> str:
    """`0.5s`, `12s`, `2m05s`, `1h02m`."""
    if 0 < seconds < 9.95 and seconds != round(seconds):
        return f"{seconds:.1f}s"
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def phases(job: Job) -> str:
    """How long each phase of an ended job took, and what is billed."""
    took = [
        f"{each['Status']} {span((each['EndTime'] - each['StartTime']).total_seconds())}"
        for each in job.description.get("SecondaryStatusTransitions") or []
        if each.get("EndTime") and each["EndTime"] > each["StartTime"]
    ]
    billed = [] if job.billable_seconds is None else [f"billable seconds {job.billable_seconds}"]
    return ", ".join([*took, *billed]) or "none"


def status_line(task_id: str, job: Job, now: float) -> str:
    """A running job on one line: its names, its status, its phase, the durations of the phase and of the job."""
    phase = (job.description.get("SecondaryStatusTransitions") or [{}])[-1]
    began = phase.get("StartTime")
    parts = [f"> {task_id}", job.name, job.status]
    if began:
        parts.append(f"{phase.get('Status', '')} {span(round(now - began.timestamp()))}")
    if job.created:
        parts.append(f"total {span(round(now - job.created))}")
    return "  ".join(parts)


def stop_command(name: str, region: str, kind: JobKind = TRAINING) -> str:
    """The command that stops a job by hand."""
    return f"{kind.stop_command} {name} --region {region}"

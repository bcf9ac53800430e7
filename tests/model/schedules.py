"""What can happen, as data: a schedule is a setting and a list of steps, drawn and shrunk by hypothesis."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from hypothesis import strategies as st
from trainspec.runtime.engine.choices import IfExists, OnTimeout
from trainspec.simulator import Outcome

OUTCOMES = {
    "completes": Outcome(),
    "fails": Outcome(failure="AlgorithmError: exit code 1"),
    "fails for good": Outcome(failure="ClientError: no data"),
    "is long": Outcome(training=200, stopping=60),
    "is too long": Outcome(training=5000),
}
Fate = Literal["completes", "fails", "fails for good", "is long", "is too long"]
LONG_NAME = "n" * 63


@dataclass(frozen=True)
class TaskSpec:
    """A task: the requested name of its job, and the operator's arguments."""

    name: str = "churn"
    retries: int = 1
    action: IfExists = "increment"
    deferrable: bool = False
    wait: bool = True
    max_attempts: int | None = 60
    on_timeout: OnTimeout = "stop"
    serverless: bool = False
    place: int = 0
    """Which of the Airflows that share the account it is in; all have the same DAGs, runs and dates."""
    skew: float = 0.0
    """Seconds by which the clock of its worker and its triggerer is ahead of AWS's."""


@dataclass(frozen=True)
class Go:
    """The task's process continues for this many boundaries; a queued task gets one."""

    task: int
    boundaries: int = 1


@dataclass(frozen=True)
class Crash:
    """The task's process is lost silently; if the task is deferred, the triggerer's is, and is restarted."""

    task: int


@dataclass(frozen=True)
class Deploy:
    """The worker of the running task is asked to end, as in a rolling deployment; the task itself is not.

    `silent`: Airflow cannot be asked which of the two it is.
    """

    task: int
    silent: bool = False


@dataclass(frozen=True)
class Callback:
    """Airflow runs the failure callback of a task whose last try was lost, which it does not always do.

    It also runs, as 3.0 to 3.2 do, those of lost tries with later tries.
    """

    task: int


@dataclass(frozen=True)
class Unheard:
    """Airflow does not learn how the task's process ends, so it counts as lost; `xcom`: its next XCom fails instead."""

    task: int
    xcom: bool = False


@dataclass(frozen=True)
class SweepUp:
    """`trainspec sweep --stop` in each Airflow. `garbage`: the response is not from its API, or is truncated."""

    garbage: bool = False
    skew: float = 0.0


@dataclass(frozen=True)
class Orphan:
    """Airflow believes that the running task is dead and runs it again, while its process continues."""

    task: int


@dataclass(frozen=True)
class GoOrphan:
    """The oldest process that was believed dead continues."""

    task: int
    boundaries: int = 1


@dataclass(frozen=True)
class Kill:
    """A user sets the task's state, or its time is over: on_kill runs, of the process or the trigger.

    `unheard`: it was deferred and the triggerer was down, which Airflow 2 does not handle later.
    """

    task: int
    unheard: bool = False
    state: Literal["failed", "removed"] = "failed"
    """Its new state: "removed" if the DAG run is deleted while the task runs."""


@dataclass(frozen=True)
class Clear:
    """A user clears the task. `moves`: the run had finished, so it starts again.

    `late`: the old trigger is informed after the new try has begun.
    """

    task: int
    moves: bool = False
    late: bool = False


@dataclass(frozen=True)
class ClearLost:
    """The worker of the running task is lost, and a user clears the task before Airflow notices."""

    task: int


@dataclass(frozen=True)
class Copy:
    """The database of the task's Airflow is copied, and another Airflow continues with it."""

    task: int


@dataclass(frozen=True)
class Edit:
    """The author gives the job another name, or another policy; running processes keep the old one."""

    task: int
    name: str | None = None
    action: IfExists | None = None


@dataclass(frozen=True)
class Delete:
    """Somebody deletes job number `index` of those that have ended; and creates one with that name, if `remade`."""

    index: int
    remade: bool = False


@dataclass(frozen=True)
class Retune:
    """The author gives the task another number of `retries`; running processes keep the old one."""

    task: int
    retries: int


@dataclass(frozen=True)
class Break:
    """The next calls of an operation meet a fault."""

    kind: Literal["throttle", "internal", "reset", "lost_answer", "cut_answer", "expired", "denied"]
    operation: str = "*"
    times: int = 1


@dataclass(frozen=True)
class Limit:
    """AWS lags, lets few instances run, or accepts few calls."""

    lag: float = 0
    instances: int | None = None
    rate: float | None = None


@dataclass(frozen=True)
class Wait:
    """Time passes."""

    seconds: float


@dataclass(frozen=True)
class Foreign:
    """Somebody creates a job by hand."""

    name: str


@dataclass(frozen=True)
class StopOutside:
    """Somebody stops the newest job."""


Step: TypeAlias = (
    Go
    | Crash
    | Deploy
    | Callback
    | Unheard
    | SweepUp
    | Orphan
    | GoOrphan
    | Kill
    | Clear
    | ClearLost
    | Copy
    | Edit
    | Delete
    | Retune
    | Break
    | Limit
    | Wait
    | Foreign
    | StopOutside
)


@dataclass(frozen=True)
class Schedule:
    """The tasks, the outcomes of the jobs in the order of their creation (the others complete), and what happens."""

    tasks: tuple[TaskSpec, ...]
    fates: tuple[Fate, ...] = ()
    steps: tuple[Step, ...] = ()
    named: bool = False
    """Whether the Airflows have names that their owners gave them."""
    hook: bool = True
    """Whether they inform a trigger that its task was killed, as 3.3 does and 3.0 to 3.2 do not."""
    tuning: bool = False
    """Whether the jobs are tuning jobs, of one training job each."""
    counts: bool = True
    """Whether they count every clear, as 3.2 and later do; 3.0 and 3.1 count those of finished runs.

    If not, a retry also gets the event of the previous try, as on 3.0.
    """


# hypothesis draws evenly, and prefers what is early in a list; so more likely steps are repeated in it.
_NAMES = st.sampled_from(["churn"] * 4 + ["churn-1", LONG_NAME])
_ACTIONS: Any = st.sampled_from(["increment"] * 5 + ["timestamp"] * 2 + ["fail", "skip"])
_TASKS = st.builds(
    TaskSpec,
    name=_NAMES,
    retries=st.sampled_from([1, 2, 3, 0]),
    action=_ACTIONS,
    deferrable=st.booleans(),
    wait=st.sampled_from([True] * 5 + [False]),
    max_attempts=st.sampled_from([60, None, 2]),
    on_timeout=st.sampled_from(["stop", "stop", "leave"]),
    serverless=st.sampled_from([False] * 4 + [True]),
    place=st.sampled_from([0, 0, 1, 2]),
    skew=st.sampled_from([0.0] * 5 + [300.0, -300.0]),
)
_FATES: Any = st.sampled_from(["completes", "fails", "is long", "fails", "is long", "fails for good", "is too long"])
_OPERATIONS = st.sampled_from(["CreateTrainingJob", "DescribeTrainingJob", "*", "StopTrainingJob"])
_PASSING: Any = st.sampled_from(["lost_answer", "cut_answer", "reset", "throttle", "internal"])
_KILLED: Any = st.sampled_from(["failed", "failed", "removed"])
_SKEWS = st.sampled_from([0.0, 0.0, 300.0, -300.0])
_NEW_ACTIONS: Any = st.sampled_from([None, "fail", "increment"])
_LAGS = st.sampled_from([0.0, 1.0, 20.0])
_STEPS: dict[str, tuple[int, Callable[[st.SearchStrategy[int]], st.SearchStrategy[Step]]]] = {
    "go": (12, lambda task: st.builds(Go, task, st.integers(1, 8))),
    "crash": (4, lambda task: st.builds(Crash, task)),
    "deploy": (2, lambda task: st.builds(Deploy, task, st.booleans())),
    "callback": (2, lambda task: st.builds(Callback, task)),
    "unheard": (2, lambda task: st.builds(Unheard, task, st.booleans())),
    "sweep": (2, lambda _: st.builds(SweepUp, st.sampled_from([False, False, True]), _SKEWS)),
    "kill": (2, lambda task: st.builds(Kill, task, st.sampled_from([False, False, True]), _KILLED)),
    "clear": (3, lambda task: st.builds(Clear, task, st.booleans(), st.booleans())),
    "clear lost": (2, lambda task: st.builds(ClearLost, task)),
    "copy": (1, lambda task: st.builds(Copy, task)),
    "edit": (2, lambda task: st.builds(Edit, task, st.sampled_from([None, "churn", "second"]), _NEW_ACTIONS)),
    "delete": (2, lambda _: st.builds(Delete, st.integers(0, 3), st.booleans())),
    "retune": (1, lambda task: st.builds(Retune, task, st.integers(0, 3))),
    "orphan": (1, lambda task: st.builds(Orphan, task)),
    "go orphan": (1, lambda task: st.builds(GoOrphan, task, st.integers(1, 8))),
    "break": (4, lambda _: st.builds(Break, _PASSING, _OPERATIONS, st.integers(1, 4))),
    "deny": (1, lambda _: st.builds(Break, st.sampled_from(["expired", "denied"]), _OPERATIONS)),
    "limit": (2, lambda _: st.builds(Limit, _LAGS, st.sampled_from([None, 1, 2]), st.sampled_from([None, None, 0.2]))),
    "wait": (1, lambda _: st.builds(Wait, st.sampled_from([30.0, 1.0, 600.0, 2000.0]))),
    "foreign": (1, lambda _: st.builds(Foreign, st.sampled_from(["churn", "churn-1", "churn-2", LONG_NAME]))),
    "stop outside": (1, lambda _: st.just(StopOutside())),
}
_KINDS = st.sampled_from([kind for kind, (weight, _) in _STEPS.items() for _ in range(weight)])


def _steps(tasks: int) -> st.SearchStrategy[Step]:
    task = st.integers(0, tasks)  # one more than there are, for the tasks of a copied database
    choices = {kind: make(task) for kind, (_, make) in _STEPS.items()}
    return _KINDS.flatmap(choices.__getitem__)


@st.composite
def schedules(draw: st.DrawFn, *, tuning: bool = False) -> Schedule:
    tasks = draw(st.lists(_TASKS, min_size=1, max_size=3))
    fates = draw(st.lists(_FATES, max_size=4))
    steps = draw(st.lists(_steps(len(tasks)), min_size=2, max_size=24))
    named, hook, counts = (draw(st.booleans()) for _ in range(3))
    return Schedule(tuple(tasks), tuple(fates), tuple(steps), named, hook, tuning, counts)

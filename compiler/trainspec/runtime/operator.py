"""The Airflow operator: one task run is one SageMaker training job.

Kept thin: the DAG processor and every task import this module; what a running task needs is in `attempt`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from airflow.providers.common.compat.sdk import BaseOperator, conf
from trainspec.runtime.engine.choices import IfExists, OnTimeout
from trainspec.runtime.failure_callback import with_stop_left_over
from trainspec.runtime.links import LINKS
from trainspec.runtime.rendering import render_text, text_environment

if TYPE_CHECKING:
    from trainspec.runtime.attempt import Attempt
    from trainspec.runtime.engine.by_kind import OnFailure
    from trainspec.runtime.engine.kinds import JobKind

_IF_EXISTS, _ON_TIMEOUT = get_args(IfExists), get_args(OnTimeout)


class TrainingJobOperator(BaseOperator):
    """Run a SageMaker training job, and exactly one for each run of the task.

    The job carries the identity of its task run. A retry after a lost worker or a lost response finds the job and
    attaches to it; a retry after the job itself failed starts a new one under a name with a suffix.

    :param config: the CreateTrainingJob request. Templated, always to strings; members that are integers or booleans
    in the API are converted. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
    :param aws_conn_id: the Airflow connection with credentials, region and endpoint; None for boto's own defaults.
        https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/aws.html
    :param region_name: the AWS region, if not the connection's.
    :param wait_for_completion: False to succeed as soon as the job is created.
    :param check_interval: seconds (or a timedelta) between two status checks of the job.
    :param max_attempts: `max_attempts * check_interval` is the longest wait, in every mode, counted from the job's
        creation; None waits until SageMaker's StoppingCondition ends the job.
    :param action_if_job_exists: what to do if another job has the name: "fail" (without retry), "skip" the task,
        "increment" (`-1`, `-2`, … within 63 characters), "timestamp" (a suffix of when the DAG run started, in UTC).
    :param on_timeout: what happens to the job when the longest wait is over: "stop" or "leave". The task fails.
    :param print_log: show the job's own log in the task's: while it runs, with at most ten calls to CloudWatch at
    each check; if the task is deferred, only its last lines, at the end.
    :param on_failure: by the kind of the job's failure (algorithm, capacity, timeout, interrupted, stopped, internal):
        "fail" without another try, "retry", or the minimum number of seconds before the next try. On Airflow 3.3 and
        later, Airflow waits; before that, the task waits in its worker.
    :param spec: where the task was written, as `file:line`; Airflow then shows it in the task's docs, with the request.
    :param deferrable: wait in the triggerer. Default: Airflow's `[operators] default_deferrable`.

    XCom: the job's name as `return_value`; `arn`, `output` (S3 path), `model` (S3 path), `billable_seconds` and
    `metrics` (name to value).

    Raises AirflowFailException if another try cannot help (the request is invalid, access is denied, the name is taken,
    the job failed with ClientError), AirflowException if it may (quota, algorithm error, capacity, timeout).
    """

    template_fields: Sequence[str] = ("config", "aws_conn_id", "region_name")
    template_fields_renderers: ClassVar[dict[str, str]] = {"config": "json"}
    operator_extra_links: tuple[Any, ...] = LINKS
    ui_color = "#dceafd"

    _attempt: "Attempt | None" = None
    _killed = False
    _own_doc: str | None = None

    def __init__(
        self,
        *,
        config: dict[str, Any],
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        wait_for_completion: bool = True,
        check_interval: float | timedelta = 30,
        max_attempts: int | None = 60,
        action_if_job_exists: IfExists = "fail",
        on_timeout: OnTimeout = "stop",
        print_log: bool = True,
        on_failure: "OnFailure | None" = None,
        spec: str | None = None,
        doc_md: str | None = None,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,
    ) -> None:
        self._spec = spec
        super().__init__(doc_md=doc_md, **kwargs)
        self.config = config
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.wait_for_completion = wait_for_completion
        self.check_interval = (
            check_interval.total_seconds() if isinstance(check_interval, timedelta) else check_interval
        )
        self.max_attempts = max_attempts
        self.action_if_job_exists = action_if_job_exists
        self.on_timeout = on_timeout
        self.print_log = print_log
        self.on_failure = dict(on_failure or {})
        self.deferrable = deferrable
        self._check_arguments()
        self.on_failure_callback: Any = with_stop_left_over(self.on_failure_callback)

    @property
    def doc_md(self) -> str | None:
        """The task's docs.

        Created only when they are read: workers parse the file before each task, and show no docs.
        """
        return self._own_doc if self._spec is None else _doc(self._own_doc, self._spec, self.config)

    @doc_md.setter
    def doc_md(self, doc: str | None) -> None:
        self._own_doc = doc

    @property
    def has_seen_to_its_job(self) -> bool:
        """Whether a try has run in this process: then it has handled its job itself, and may have left it running."""
        return self._attempt is not None

    def execute(self, context: Any) -> str:
        """Start the job, or find it, and wait for its end as configured. Returns the job's name."""
        return self._new_attempt(context).start()

    def execute_complete(self, context: Any, event: Mapping[str, Any]) -> str:
        """Continue where the triggerer left off. Returns the job's name."""
        return self._new_attempt(context).resume(event)

    def on_kill(self) -> None:
        """Stop the job: somebody cleared the task, set its state, or its time is over."""
        self._killed = True
        if self._attempt is not None:
            self._attempt.kill()

    def render_template(self, content: Any, context: Any, jinja_env: Any = None, seen_oids: Any = None) -> Any:
        """Render to text, also in a DAG that renders templates to native objects."""
        environment = text_environment(jinja_env or self.get_template_env(), self.get_dag())
        if isinstance(content, str):
            return render_text(content, context, environment)
        return super().render_template(content, context, environment, seen_oids)

    @property
    def job_kind(self) -> "JobKind":
        """The kind of job that the task runs."""
        from trainspec.runtime.engine.kinds import TRAINING

        return TRAINING

    def get_openlineage_facets_on_start(self) -> Any:
        """Return what the job will read and write, for Airflow's OpenLineage provider."""
        return self._lineage()

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """Return what the job has read, and the model that it has created. Called after a failure, too."""
        return self._lineage()

    def _lineage(self) -> Any:
        from trainspec.runtime.lineage import lineage

        job, definition = self._attempt.job if self._attempt else None, self.job_kind.definition
        described = definition(job.description) if job else {}
        return lineage({**definition(self.config), **described}, job.model if job and job.completed else None)

    def _new_attempt(self, context: Any) -> "Attempt":
        self._attempt = self._attempt_in(context)
        if self._killed:  # before there was an attempt that could be killed
            self._attempt.kill()
        return self._attempt

    def _attempt_in(self, context: Any) -> "Attempt":
        from trainspec.runtime.attempt import Attempt

        return Attempt(self, context)

    def _check_arguments(self) -> None:
        """Raise ValueError for arguments that are known to be wrong when the DAG is parsed."""
        most = self.max_attempts
        if isinstance(self.config, str):
            raise self._wrong("config", "a CreateTrainingJob request (a dict)")
        if not _is_number(self.check_interval) or self.check_interval <= 0:
            raise self._wrong("check_interval", "more than 0 seconds")
        if most is not None and (type(most) is not int or most <= 0):
            raise self._wrong("max_attempts", "an integer above 0, or None")
        if self.action_if_job_exists not in _IF_EXISTS:
            raise self._wrong("action_if_job_exists", _one_of(_IF_EXISTS))
        if self.on_timeout not in _ON_TIMEOUT:
            raise self._wrong("on_timeout", _one_of(_ON_TIMEOUT))
        if not all(wanted in ("fail", "retry") or _is_number(wanted) for wanted in self.on_failure.values()):
            raise self._wrong("on_failure", '"fail", "retry" or a number of seconds for each kind')

    def _wrong(self, name: str, wanted: str) -> ValueError:
        return ValueError(f"{self.task_id}: {name} must be {wanted}, not {getattr(self, name)!r}")


def _doc(own: str | None, spec: str, config: Mapping[str, Any]) -> str:
    """The task's docs, in Markdown, with a fence that is longer than any in the request, so that none closes it."""
    from trainspec.safety.masking import redacted  # workers parse the file before each task, and show no docs

    request = json.dumps(redacted(config), indent=2, ensure_ascii=False, default=str)
    fence = "`" * (max([2, *map(len, re.findall("`+", request))]) + 1)
    parts = (own, f"Compiled from `{spec}`, to this request:", f"{fence}json\n{request}\n{fence}")
    return "\n\n".join(filter(None, parts))


def _one_of(choices: Sequence[str]) -> str:
    return "one of " + ", ".join(map(repr, choices))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

"""The data of a spec behind validation, as types. Generated from the models by `trainspec schema --rebuild`.

Import it for types only: a run does not need it. Every key may be absent; invalid values have been removed.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class EnvironmentData(TypedDict, total=False):
    """A patch that is merged onto the document for one environment: maps merge by key, null removes a key."""

    dag: dict[str, Any]
    vars: dict[str, Any]
    defaults: dict[str, Any]
    for_each: dict[str, Any]
    jobs: dict[str, Any]
    sensors: dict[str, Any]
    tasks: dict[str, Any]
    approvals: dict[str, Any]
    triggers: dict[str, Any]


class WatcherData(TypedDict, total=False):
    """A trigger that watches something outside of Airflow and reports an update of the asset for each event."""

    name: str
    trigger: str
    arguments: dict[str, Any]


class AssetData(TypedDict, total=False):
    """One asset: its URI, its name, or both."""

    uri: str
    name: str
    group: str
    extra: dict[str, Any]
    watchers: list[WatcherData]


class AssetConditionData(AssetData, total=False):
    """An asset, or several of which `any` or `all` must have been updated."""

    any: list[str | AssetConditionData]
    all: list[str | AssetConditionData]


class AssetScheduleData(TypedDict, total=False):
    """A DAG that runs when assets are updated, and optionally on a schedule as well."""

    assets: str | AssetConditionData | list[str | AssetConditionData]
    time: str | list[str]


class CalledBackData(TypedDict, total=False):
    """A class or function that is called when the DAG is loaded and returns the callback, as Airflow's notifiers do."""

    path: str
    arguments: dict[str, Any]


class DeadlineData(TypedDict, total=False):
    """When a run of the DAG must have ended, and what is called if it has not."""

    after: str
    within: int | str
    call: str | CalledBackData


class ParamData(TypedDict, total=False):
    """A parameter: its default, and the JSON Schema of the values that a run may set."""

    default: Any
    title: str
    description: str
    type: str | list[str]
    enum: list[Any]
    const: Any
    examples: list[Any]
    format: str
    pattern: str
    minLength: int
    maxLength: int
    minimum: int | float
    maximum: int | float
    exclusiveMinimum: int | float
    exclusiveMaximum: int | float
    multipleOf: int | float
    items: dict[str, Any]
    minItems: int
    maxItems: int
    uniqueItems: bool
    properties: dict[str, Any]
    required: list[str]
    additionalProperties: bool | dict[str, Any]
    section: str
    description_md: str
    values_display: dict[str, str]


class TaskArgumentsData(TypedDict, total=False):
    """Arguments that every Airflow task takes."""

    owner: str
    retries: int
    retry_delay: int | str
    retry_exponential_backoff: bool | int | float
    max_retry_delay: int | str
    execution_timeout: int | str
    pool: str
    pool_slots: int
    queue: str
    priority_weight: int
    weight_rule: Literal["downstream", "upstream", "absolute"]
    trigger_rule: Literal["all_success", "all_failed", "all_done", "all_done_min_one_success", "all_done_setup_success", "one_success", "one_failed", "one_done", "none_failed", "none_failed_min_one_success", "none_skipped", "all_skipped", "always"]
    depends_on_past: bool
    wait_for_downstream: bool
    max_active_tis_per_dag: int
    do_xcom_push: bool
    email: str | list[str]
    email_on_failure: bool
    email_on_retry: bool
    run_as_user: str
    executor: str
    max_active_tis_per_dagrun: int
    ignore_first_depends_on_past: bool
    wait_for_past_depends_before_skipping: bool
    start_date: str
    end_date: str
    params: dict[str, str | int | float | bool | list[Any] | ParamData]
    inlets: str | AssetData | list[str | AssetData]
    outlets: str | AssetData | list[str | AssetData]
    on_execute_callback: str | CalledBackData | list[str | CalledBackData]
    on_success_callback: str | CalledBackData | list[str | CalledBackData]
    on_failure_callback: str | CalledBackData | list[str | CalledBackData]
    on_retry_callback: str | CalledBackData | list[str | CalledBackData]
    on_skipped_callback: str | CalledBackData | list[str | CalledBackData]
    task_display_name: str
    doc_json: str
    doc_yaml: str
    doc_rst: str
    logger_name: str


class DagData(TypedDict, total=False):
    """Arguments of the DAG."""

    id: str
    schedule: str | list[str] | AssetScheduleData | None
    start_date: str
    end_date: str
    timezone: str
    catchup: bool
    description: str
    doc: str
    tags: list[str]
    max_active_runs: int
    max_active_tasks: int
    dagrun_timeout: int | str
    deadline: DeadlineData | list[DeadlineData]
    partitions: Literal["time", "same", "hour", "day", "week", "month", "quarter", "year"]
    is_paused_upon_creation: bool
    render_template_as_native_obj: bool
    params: dict[str, str | int | float | bool | list[Any] | ParamData]
    on_success_callback: str | CalledBackData | list[str | CalledBackData]
    on_failure_callback: str | CalledBackData | list[str | CalledBackData]
    max_consecutive_failed_dag_runs: int
    fail_fast: bool
    dag_display_name: str
    owner_links: dict[str, str]
    access_control: dict[str, list[str] | dict[str, list[str]]]
    template_searchpath: str | list[str]
    allowed_run_types: list[Literal["backfill", "scheduled", "manual", "operator_triggered", "asset_triggered", "asset_materialization"]]
    disable_bundle_versioning: bool
    rerun_with_latest_version: bool
    default_args: TaskArgumentsData


class FrameworkData(TypedDict, total=False):
    """A framework whose image AWS publishes. `trainspec.request.images` knows which there are."""

    name: str
    version: str
    python: str
    pytorch: str
    tensorflow: str


class ImageAccessData(TypedDict, total=False):
    """How SageMaker gets the image from a private registry."""

    mode: str
    credentials_provider: str


class SourceData(TypedDict, total=False):
    """The script that a job runs, and the folder that it is in."""

    entry: str
    dir: str
    requirements: str
    dependencies: list[str]
    ignore: list[str]
    upload: str
    kms_key: str
    launch: Literal["toolkit", "channel"]
    log_level: int | str


class DistributionData(TypedDict, total=False):
    """How the script is distributed over processes and instances."""

    type: Literal["torchrun", "mpi", "smddp", "pytorchddp", "parameter_server", "mwms", "xla"]
    processes_per_host: int | str
    options: str
    instance_groups: list[str]


class MetricData(TypedDict, total=False):
    """A metric in a list of metrics."""

    name: str
    regex: str


class FileSystemData(TypedDict, total=False):
    """A file system that is mounted as a channel."""

    id: str
    type: str
    path: str
    access: str


class ChannelData(TypedDict, total=False):
    """One input channel: where its data comes from and how the container sees it."""

    s3: str
    manifest: str
    augmented_manifest: str
    converse: str
    file_system: FileSystemData
    dataset: str
    content_type: str
    compression: str
    record_wrapper: str
    input_mode: str
    distribution: str
    attributes: list[str]
    instance_groups: list[str]
    shuffle_seed: int | str
    hub: str
    accept_eula: bool | str


class NamedChannelData(ChannelData, total=False):
    """A channel in a list of channels."""

    name: str


class OutputData(TypedDict, total=False):
    """Where the model artifact goes."""

    s3: str
    kms_key: str
    compression: str


class InstanceGroupData(TypedDict, total=False):
    """Instances of one type in a job that uses several types."""

    instance_type: str
    instance_count: int | str


class NamedInstanceGroupData(InstanceGroupData, total=False):
    """An instance group in a list of them."""

    name: str


class PreferenceData(TypedDict, total=False):
    """One instance type that the job may run on. SageMaker uses the first one that has capacity."""

    instance_type: str
    instance_count: int | str
    training_plans: list[str]


class PlacementSpecificationData(TypedDict, total=False):
    """How many instances are in one UltraServer."""

    ultra_server: str
    instance_count: int | str


class PlacementData(TypedDict, total=False):
    """How instances are placed in UltraServers."""

    multiple_jobs: bool | str
    specifications: list[PlacementSpecificationData]


class ResourcesData(TypedDict, total=False):
    """The instances that the job runs on."""

    instance_type: str
    instance_count: int | str
    groups: dict[str, InstanceGroupData] | list[NamedInstanceGroupData]
    preferences: list[PreferenceData]
    placement: PlacementData
    volume_size: int | str
    volume_kms_key: str
    keep_alive: int | str
    training_plan: str


class StoppingData(TypedDict, total=False):
    """How long the job may run and wait."""

    max_runtime: int | str
    max_wait: int | str
    max_pending: int | str


class RetryData(TypedDict, total=False):
    """How often SageMaker itself retries a job that failed with an internal server error."""

    max_attempts: int | str


class CheckpointData(TypedDict, total=False):
    """Where checkpoints are stored, so that an interrupted job can resume."""

    s3: str
    local_path: str


class VpcData(TypedDict, total=False):
    """The VPC that the containers connect to."""

    subnets: list[str]
    security_groups: list[str]


class TagData(TypedDict, total=False):
    """A tag in a list of tags."""

    key: str
    value: Any


class CollectionData(TypedDict, total=False):
    """Tensors that the debugger saves."""

    parameters: dict[str, Any]


class NamedCollectionData(CollectionData, total=False):
    """A collection in a list of collections."""

    name: str


class RuleData(TypedDict, total=False):
    """A rule that watches the job while it runs."""

    image: str
    instance_type: str
    volume_size: int | str
    parameters: dict[str, Any]
    s3: str
    local_path: str


class NamedRuleData(RuleData, total=False):
    """A rule in a list of rules."""

    name: str


class DebuggerData(TypedDict, total=False):
    """SageMaker Debugger: the tensors that are saved, and the rules that watch them."""

    s3: str
    local_path: str
    parameters: dict[str, Any]
    collections: dict[str, CollectionData] | list[NamedCollectionData]
    rules: dict[str, RuleData] | list[NamedRuleData]


class NothingData(TypedDict, total=False):
    """An empty map."""



class ProfilerRuleData(RuleData, total=False):
    """A rule that watches the job's use of its machines."""



class NamedProfilerRuleData(NamedRuleData, total=False):
    """A profiler's rule in a list of rules."""



class ProfilerData(TypedDict, total=False):
    """SageMaker Profiler: what is measured, and the rules that watch it."""

    disabled: bool | str
    s3: str
    interval_milliseconds: int | str
    parameters: dict[str, Any]
    defaults: NothingData
    rules: dict[str, ProfilerRuleData] | list[NamedProfilerRuleData]


class TensorBoardData(TypedDict, total=False):
    """Where TensorBoard's data goes."""

    s3: str
    local_path: str


class ExperimentData(TypedDict, total=False):
    """The experiment that the job belongs to."""

    name: str
    trial: str
    trial_component: str
    run: str


class MlflowData(TypedDict, total=False):
    """The MLflow server that the job reports to."""

    resource: str
    experiment: str
    run: str


class ModelPackageData(TypedDict, total=False):
    """The model package that the job creates."""

    group: str
    source: str


class ServerlessData(TypedDict, total=False):
    """A job for which SageMaker chooses instances and algorithm: it customizes or evaluates a base model."""

    job_type: str
    base_model: str
    accept_eula: bool | str
    technique: str
    peft: str
    sequence_length: str
    evaluation_type: str
    evaluator: str


class RemoteDebugData(TypedDict, total=False):
    """Shell access to the running container (remote debugging)."""

    enabled: bool | str


class InfraCheckData(TypedDict, total=False):
    """Health checks of the instances before the job starts."""

    enabled: bool | str


class SessionTagChainingData(TypedDict, total=False):
    """Session tags that are passed on to the job."""

    enabled: bool | str


class ObjectiveData(TypedDict, total=False):
    """What the tuning job optimizes."""

    metric: str
    goal: str


class RangeData(TypedDict, total=False):
    """The values that a hyperparameter may take: real numbers, integers (`int`), or values near a hint (`auto`)."""

    min: Any
    max: Any
    int: list[Any]
    scale: str
    auto: Any


class NamedRangeData(RangeData, total=False):
    """A range in a list of ranges."""

    name: str
    values: list[Any]


class TuningLimitsData(TypedDict, total=False):
    """Limits of the tuning job."""

    jobs: int | str
    parallel: int | str
    runtime: int | str


class HyperbandData(TypedDict, total=False):
    """The limits of the Hyperband strategy."""

    min_resource: int | str
    max_resource: int | str


class CompletionData(TypedDict, total=False):
    """When the tuning job may end before its limits."""

    target: int | float | str
    not_improving: int | str
    convergence: str


class WarmStartData(TypedDict, total=False):
    """Earlier tuning jobs whose results this one starts from."""

    parents: list[str]
    type: str


class TuningMachineData(TypedDict, total=False):
    """One instance type that the training jobs may run on."""

    instance_type: str
    instance_count: int | str
    volume_size: int | str


class TuningResourcesData(TuningMachineData, total=False):
    """Instead of `resources`: the instances of the training jobs, of one type or of several in order of preference."""

    volume_kms_key: str
    allocation: str
    instances: list[TuningMachineData]


class TuningData(TypedDict, total=False):
    """Makes a job a tuning job; the other fields describe its training jobs."""

    strategy: str
    objective: ObjectiveData
    ranges: dict[str, RangeData | list[Any]] | list[NamedRangeData]
    limits: TuningLimitsData
    early_stopping: str
    hyperband: HyperbandData
    completion: CompletionData
    warm_start: WarmStartData
    autotune: str
    seed: int | str
    resources: TuningResourcesData
    definition: str


class OperatorData(TypedDict, total=False):
    """Arguments of the operator that runs the job."""

    aws_conn_id: str
    wait_for_completion: bool
    check_interval: int | str
    max_attempts: int | None
    action_if_job_exists: Literal["fail", "increment", "skip", "timestamp"]
    deferrable: bool
    on_timeout: Literal["stop", "leave"]
    print_log: bool


class ConditionData(TypedDict, total=False):
    """A condition on a metric of a job: the tasks after the job run only if it is met."""

    metric: str
    at_least: int | float | str
    at_most: int | float | str
    above: int | float | str
    below: int | float | str


class RetryLaterData(TypedDict, total=False):
    """Another try, after a delay."""

    retry_after: int | str


class OnFailureData(TypedDict, total=False):
    """What to do for each kind of failure. The default is `retry`, up to the task's `retries`."""

    algorithm: Literal["fail", "retry"] | RetryLaterData
    capacity: Literal["fail", "retry"] | RetryLaterData
    timeout: Literal["fail", "retry"] | RetryLaterData
    interrupted: Literal["fail", "retry"] | RetryLaterData
    stopped: Literal["fail", "retry"] | RetryLaterData
    internal: Literal["fail", "retry"] | RetryLaterData


class JobData(TaskArgumentsData, total=False):
    """One training job: one task of the DAG."""

    name: str
    image: str
    framework: FrameworkData
    algorithm: str
    region: str
    account: str
    input_mode: str
    entrypoint: str | list[Any]
    arguments: str | list[Any]
    image_access: ImageAccessData
    source: SourceData
    distribution: Literal["torchrun", "mpi", "smddp", "pytorchddp", "parameter_server", "mwms", "xla"] | DistributionData
    metrics: dict[str, str] | list[MetricData]
    metrics_time_series: bool | str
    role: str
    hyperparameters: dict[str, Any]
    hyperparameter_encoding: Literal["text", "json"]
    environment: dict[str, Any]
    inputs: dict[str, str | ChannelData] | list[NamedChannelData]
    output: str | OutputData
    resources: ResourcesData
    stopping: StoppingData
    retry: RetryData
    spot: bool | str
    checkpoint: str | CheckpointData
    vpc: VpcData
    network_isolation: bool | str
    encrypt_inter_container_traffic: bool | str
    tags: dict[str, Any] | list[TagData]
    debugger: DebuggerData
    profiler: ProfilerData
    tensorboard: str | TensorBoardData
    experiment: ExperimentData
    mlflow: MlflowData
    model_package: ModelPackageData
    serverless: ServerlessData
    remote_debug: bool | str | RemoteDebugData
    infra_check: bool | str | InfraCheckData
    session_tag_chaining: bool | str | SessionTagChainingData
    tuning: TuningData
    request: dict[str, Any]
    operator: OperatorData
    matrix: dict[str, Any]
    depends_on: str | list[str]
    task_group: str
    proceed_if: ConditionData | list[ConditionData]
    on_failure: OnFailureData
    doc: str


class OtherTaskData(TaskArgumentsData, total=False):
    """What every task other than a job may set."""

    depends_on: str | list[str]
    task_group: str
    doc: str


class SensorData(OtherTaskData, total=False):
    """Waits for something outside of the DAG: objects in S3 (`s3`), or a run of another DAG (`dag`)."""

    s3: str | list[str]
    wildcard: bool
    aws_conn_id: str
    region: str
    dag: str
    task: str
    tasks: list[str]
    group: str
    execution_delta: int | str
    states: list[Literal["deferred", "failed", "queued", "removed", "restarting", "running", "scheduled", "skipped", "success", "up_for_reschedule", "up_for_retry", "upstream_failed"]]
    failed_states: list[Literal["deferred", "failed", "queued", "removed", "restarting", "running", "scheduled", "skipped", "success", "up_for_reschedule", "up_for_retry", "upstream_failed"]]
    skipped_states: list[Literal["deferred", "failed", "queued", "removed", "restarting", "running", "scheduled", "skipped", "success", "up_for_reschedule", "up_for_retry", "upstream_failed"]]
    check_existence: bool
    poke_interval: int | str
    timeout: int | str
    mode: Literal["poke", "reschedule"]
    deferrable: bool
    soft_fail: bool


class TaskData(OtherTaskData, total=False):
    """A task of any operator: an import and a call in the DAG file. The compiler never imports the operator."""

    operator: str
    arguments: dict[str, Any]


class ApproverData(TypedDict, total=False):
    """A user of Airflow who may answer."""

    id: str
    name: str


class ApprovalData(OtherTaskData, total=False):
    """Asks a person in Airflow's pages, and lets the tasks after it run once it is approved."""

    subject: str
    body: str
    timeout: int | str
    default: Literal["approve", "reject"]
    on_reject: Literal["skip", "skip_all", "fail"]
    assigned: ApproverData | list[ApproverData]
    notify: str | CalledBackData | list[str | CalledBackData]


class TriggerData(OtherTaskData, total=False):
    """Starts a run of another DAG."""

    dag: str
    job: str
    conf: dict[str, Any]
    run_id: str
    logical_date: str
    wait: bool
    poke_interval: int | str
    states: list[Literal["failed", "queued", "running", "success"]]
    failed_states: list[Literal["failed", "queued", "running", "success"]]
    reset: bool
    skip_if_exists: bool
    deferrable: bool


class SpecData(TypedDict, total=False):
    """A trainspec file: one DAG of SageMaker training jobs."""

    trainspec: Literal[1]
    extends: str | list[str]
    environments: dict[str, EnvironmentData]
    dag: DagData
    vars: dict[str, Any]
    for_each: dict[str, Any]
    defaults: JobData
    jobs: dict[str, JobData]
    sensors: dict[str, SensorData]
    tasks: dict[str, TaskData]
    approvals: dict[str, ApprovalData]
    triggers: dict[str, TriggerData]

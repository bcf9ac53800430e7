"""Every code that the stages use, in one table. The first digit is the stage; a rule's code is in its module."""

from trainspec.diagnostics.model import Code, Severity

# TS0xx: reading a file and its YAML
UNREADABLE = Code("TS001", "a file cannot be read as UTF-8 text")
SYNTAX = Code("TS002", "the file is not valid YAML")
DUPLICATE_KEY = Code("TS003", "a duplicate key")
BAD_KEY = Code("TS004", "a key that is not a plain string")
BAD_ALIAS = Code("TS005", "an alias or merge key that cannot be resolved")
TOO_LARGE = Code("TS006", "a document that is too large or too deeply nested")
BAD_TAG = Code("TS007", "an unsupported YAML tag")
NOT_A_SPEC = Code("TS008", "a file that is not a spec")
UNUSED_IGNORE = Code("TS009", "an ignore comment that suppresses nothing", Severity.WARNING)
BAD_IGNORE = Code("TS010", "an ignore comment with an unknown code, or one that cannot be ignored", Severity.WARNING)
NOT_SHOWN = Code("TS011", "more findings than are shown", Severity.NOTE)
TOO_MUCH_WORK = Code("TS012", "a file that takes too much work to check")
SLOW_PATTERN = Code("TS013", "a regular expression that may run forever")
HIDES_MODULE = Code("TS016", "a DAG whose file hides a Python module", Severity.WARNING)

# TS1xx: the language
UNKNOWN_KEY = Code("TS101", "an unknown key")
MISSING_KEY = Code("TS102", "a missing key")
WRONG_TYPE = Code("TS103", "a value of the wrong type")
NOT_ONE_OF = Code("TS104", "a value that is not allowed")
MALFORMED = Code("TS105", "a value in the wrong format")
OUT_OF_RANGE = Code("TS106", "a number, list or string that is too small or too large")
CONFLICT = Code("TS107", "keys that conflict with, or require, each other")
FORGOTTEN = Code("TS108", "a file with jobs that is never compiled")

# TS2xx: composition
UNKNOWN_VARIABLE = Code("TS201", "a `${...}` that is not defined")
BAD_SUBSTITUTION = Code("TS202", "a `${...}` that cannot be resolved here")
VARIABLE_CYCLE = Code("TS203", "variables that refer to each other")
FOREIGN_PLACE = Code("TS205", "an AWS account or region other than the environment's")
UNUSED_VARIABLE = Code("TS204", "an unused variable", Severity.WARNING)

# TS3xx: Airflow's templates
TEMPLATE_SYNTAX = Code("TS301", "a template that Jinja cannot parse")
UNKNOWN_MACRO = Code("TS302", "a name, filter or test that Airflow does not provide in templates")
UNSAFE_TEMPLATE = Code("TS303", "a template that is unsafe or too expensive to render")

# TS4xx: the request against the API's model
API_REQUIRED = Code("TS401", "a member that SageMaker requires is missing")
API_UNKNOWN = Code("TS402", "a member that SageMaker does not know or does not accept")
API_TYPE = Code("TS403", "a member of the wrong type")
API_ENUM = Code("TS404", "a value that the API does not list")
API_PATTERN = Code("TS405", "a value that does not match the API's pattern")
API_LENGTH = Code("TS406", "a string that is too short or too long")
API_RANGE = Code("TS407", "a number outside the API's range")
API_COUNT = Code("TS408", "too few or too many entries")
NO_IMAGE = Code("TS409", "a framework or algorithm without an AWS image")

# TS6xx: the DAG
UNKNOWN_JOB = Code("TS601", "a dependency on a task that does not exist")
DEPENDENCY_CYCLE = Code("TS602", "tasks that wait for each other")
BAD_SCHEDULE = Code("TS603", "a schedule that Airflow does not accept")
BAD_DATE = Code("TS604", "a date or time zone that does not exist")
DUPLICATE_DAG = Code("TS605", "two specs define the same DAG")
UNKNOWN_DAG = Code("TS606", "a DAG that no spec of the project defines", Severity.WARNING)
NOT_IN_AIRFLOW = Code("TS610", "something that the target Airflow version does not have")
DEPRECATED = Code("TS611", "an argument that Airflow itself warns about", Severity.WARNING)
BAD_PATH = Code("TS612", "a dotted path that Python cannot import")
BAD_PARAM = Code("TS613", "a parameter with an invalid schema or default")
BAD_ASSET = Code("TS614", "an asset that Airflow does not accept")
UNKNOWN_ARGUMENT = Code("TS615", "an argument that the operator does not have")
MISSING_ARGUMENT = Code("TS616", "an argument that the operator requires is missing")
WRONG_ARGUMENT = Code("TS617", "an argument of the wrong type for the operator")
NOT_RENDERED = Code("TS618", "a template in an argument that Airflow does not render", Severity.WARNING)
UNKNOWN_OPERATOR = Code("TS619", "an operator, or its module, that does not exist")
FORBIDDEN_OPERATOR = Code("TS620", "an operator or callback that the project's settings do not allow")
DOUBTFUL_TEMPLATE = Code("TS621", "a template with an error in an argument that Airflow may render", Severity.WARNING)
NO_SUCH_RESULT = Code("TS622", "a template that pulls an XCom that no task has pushed by then")
RESULT_IN_DOUBT = Code(
    "TS623", "a template that pulls an XCom from a task that it does not depend on", Severity.WARNING
)
NO_LOGICAL_DATE = Code("TS624", "a template that needs a logical date in runs that have none")
SOME_LOGICAL_DATE = Code("TS625", "a template that needs a logical date, which some runs lack", Severity.WARNING)
MAYBE_LOGICAL_DATE = Code("TS626", "a template that needs a logical date, which a run may lack", Severity.NOTE)
DOUBTFUL_SCHEDULE = Code("TS627", "a schedule that does not run when it seems to", Severity.WARNING)
IGNORED = Code("TS628", "an argument that Airflow accepts but ignores", Severity.WARNING)
NEEDS_PACKAGE = Code("TS629", "a package that must be installed where Airflow runs", Severity.NOTE)
NO_EVENT_TRIGGER = Code("TS630", "a trigger that cannot watch an asset")
BAD_TASK_GROUP = Code("TS631", "a task group that Airflow does not accept")

# TS7xx: the files that are written
STALE = Code("TS701", "a generated file is out of date")
MISSING = Code("TS702", "a generated file is missing")
ORPHAN = Code("TS703", "a generated file whose spec is gone")
FOREIGN = Code("TS705", "a file that trainspec did not write is where a generated file belongs")

# TS706 to TS729: the policies of an organization
BAD_POLICY = Code("TS706", "an invalid policy")
BAD_POLICY_SCHEMA = Code("TS707", "a policy whose `when` or `must` is not a JSON Schema")
ENDED_EXCEPTION = Code("TS708", "an expired exception to a policy", Severity.WARNING)
DUPLICATE_POLICY = Code("TS709", "two policies with the same code")
NOT_DECIDED = Code("TS710", "a policy that could not be checked", Severity.NOTE)
WRONG_EXAMPLE = Code("TS711", "a policy example with the wrong result")
EMPTY_SCOPE = Code("TS715", "a policy for an environment or a path that the project does not have", Severity.WARNING)
NO_EXAMPLE = Code("TS712", "a policy without a good or a bad example", Severity.WARNING)

# TS78x: tuning jobs
NOT_TUNED = Code("TS780", "a field that the training jobs of a tuning job cannot have")

# TS75x: the source that a job runs
NO_FOLDER = Code("TS750", "a missing source folder")
NO_ENTRY = Code("TS751", "an entry that is not in its source folder")
NO_FILE = Code("TS752", "a missing file or folder of the source")
LINK_OUTSIDE = Code("TS753", "a link that leaves the source folder")
NO_UPLOAD = Code("TS754", "a source folder without a place to upload it to")
BROKEN_ENTRY = Code("TS755", "an entry that Python cannot parse", Severity.WARNING)
SECRET_IN_SOURCE = Code("TS756", "a secret in the source", Severity.WARNING)
LARGE_SOURCE = Code("TS757", "a large source folder", Severity.WARNING)
SHADOWED_FILE = Code("TS758", "two source files with the same name", Severity.WARNING)

# TS90x to TS92x: the account
NOT_ASKED = Code("TS900", "something in the account that could not be checked", Severity.NOTE)
NO_CALLER = Code("TS901", "missing, invalid or expired AWS credentials")
NO_ROLE = Code("TS902", "a role that does not exist")
NO_TRUST = Code("TS903", "a role that does not trust SageMaker")
MAY_NOT = Code("TS904", "a role that lacks a permission that the job needs")
OTHER_ACCOUNT = Code("TS905", "a role of an account other than the caller's")
NO_SUCH_IMAGE = Code("TS906", "an image that is not in its registry")
NO_BUCKET = Code("TS907", "a bucket that does not exist")
BUCKET_ELSEWHERE = Code("TS908", "a bucket in a region other than the job's")
EMPTY_PREFIX = Code("TS909", "input data that does not exist", Severity.WARNING)
NOT_WRITABLE = Code("TS910", "an output location that the role may not write to")
NO_SUBNET = Code("TS911", "a subnet that does not exist")
NO_GROUP = Code("TS912", "a security group that does not exist")
TWO_VPCS = Code("TS913", "subnets and security groups of different VPCs")
NO_ZONE = Code("TS914", "subnets in no Availability Zone that offers the instance type")
NO_KEY = Code("TS915", "a KMS key that does not exist")
KEY_DISABLED = Code("TS916", "a KMS key that is not enabled")
QUOTA = Code("TS917", "a quota that is too small for the job")
QUOTA_TOGETHER = Code("TS918", "a quota that is too small for the jobs that run at the same time", Severity.WARNING)
NOT_PUSHED = Code("TS919", "a source archive that is not in S3")
NO_PLAN = Code("TS920", "a training plan that is not active")
NOT_CHOSEN = Code("TS921", "an alternative instance type that the account cannot use", Severity.WARNING)

CODES: dict[str, Code] = {code.id: code for code in list(globals().values()) if isinstance(code, Code)}

_HOLES = ("TS0", "TS1", "TS2", "TS409", "TS6", "TS70", "TS75", "TS780")
"""If one of these is an error, a part of the spec has no meaning, and nothing can be compiled instead."""


_SILENCED = frozenset(each.id for each in (
    FOREIGN_PLACE, UNKNOWN_ARGUMENT, MISSING_ARGUMENT, WRONG_ARGUMENT, UNKNOWN_OPERATOR, NO_SUCH_RESULT,
    NO_LOGICAL_DATE, NO_EVENT_TRIGGER,
))  # fmt: skip
"""Errors among these that may be silenced: what they are about is compiled as it is written."""


def can_be_ignored(code: Code) -> bool:
    """Whether findings of `code` may be silenced: those of a locked policy, and errors that leave a hole, may not."""
    if code.is_locked:
        return False
    return code.severity is not Severity.ERROR or code.id in _SILENCED or not code.id.startswith(_HOLES)

"""A template copies an Airflow secret into the request.

`{{ conn.db.password }}` is masked in Airflow's logs, but rendered into the request, where anyone who can describe the
job can read it.

https://airflow.apache.org/docs/apache-airflow/stable/security/secrets/index.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.secrets import places
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template

CODE = Code("TS572", "an Airflow secret that is rendered into the request", Severity.WARNING)

BAD = """
environment: {DB: "{{ conn.warehouse.password }}"}
"""

GOOD = """
environment: {DB_SECRET: "arn:aws:secretsmanager:us-east-1:123456789012:secret:my-db"}
"""

_CONNECTION = re.compile(
    r"\bconn\.\w+\.(?:password|get_password|get_uri|extra)|\bconn\.get\([^)]*\)\.(?:password|get_uri)"
)
_VARIABLE = re.compile(r"\bvar\.(?:value|json)\.(?:get\(\s*)?['\"]?(?P<name>\w+)")
_SECRET = re.compile(r"(?i)(?:^|_)(?:secret|token|password|passwd|api_?key|access_?key|private_?key)(?:_|$)")


def check_job(job: JobView) -> Iterator[Found]:
    """Find templates that read a connection's password, or a variable that is named like a secret."""
    for name, text, place in places(job):
        if not has_template(text):
            continue
        variable = _VARIABLE.search(text)
        if _CONNECTION.search(text) or (variable and _SECRET.search(variable["name"])):
            shown = f"`{name}`" if name else "an argument"
            message = (
                f"{shown} renders an Airflow secret into the request: anyone who can call "
                "DescribeTrainingJob can read it"
            )
            yield Found(
                job.origin(*place), message, "let the container fetch it from AWS Secrets Manager with its role"
            )

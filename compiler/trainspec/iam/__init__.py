"""The least IAM policies that a spec's jobs need: for their execution roles, and for Airflow's identity."""

from trainspec.iam.caller import caller_policy
from trainspec.iam.document import Statement, document
from trainspec.iam.execution import execution_policy, left_open, trust_policy
from trainspec.iam.job import Job, jobs_of

__all__ = ["Job", "Statement", "caller_policy", "document", "execution_policy", "jobs_of", "left_open", "trust_policy"]

"""The rules of an organization, as YAML: checked against requests, jobs and DAGs, and tested on examples."""

from trainspec.policies.model import Policy, PolicySet, is_policy

__all__ = ["Policy", "PolicySet", "is_policy"]

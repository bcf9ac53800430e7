"""The rules of an organisation, as YAML: read, held against requests, jobs and DAGs, and tried on their examples."""

from trainspec.policies.model import Policy, PolicySet, is_policy

__all__ = ["Policy", "PolicySet", "is_policy"]

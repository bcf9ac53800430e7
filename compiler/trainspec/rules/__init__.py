"""Rules for what the API's model accepts but SageMaker or Airflow rejects, or what is needlessly expensive.

One module is one rule. It contains its `CODE`, its text (the module's docstring), a `BAD` and a `GOOD` example and its
check: `check_job(job)` for rules about one job, `check_spec(spec)` for rules about the whole document. The examples are
its tests, and are shown in the docs. `trainspec.rules.support.registry` finds the modules in this package.
"""

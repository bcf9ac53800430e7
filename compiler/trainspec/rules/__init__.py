"""What the API's model accepts and SageMaker, Airflow or the budget does not. One module is one rule.

A rule's module holds its `CODE`, its text (the module's docstring), a `BAD` and a `GOOD` example and its check:
`check_job(job)` for rules about one job, `check_spec(spec)` for rules about the whole document. The examples are its
tests and its page in the docs; `trainspec.rules.support.registry` finds the modules by their place.
"""

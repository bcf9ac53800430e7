"""`s3:` is a prefix, but this one looks like a file.

SageMaker takes every object whose key begins with the prefix: `train.csv` matches the file, but also `train.csv.bak`.
A prefix that ends in `/` is unambiguous, and leaves room for a second file.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS552", "a file where a prefix is expected", Severity.NOTE)

BAD = """
inputs: {train: s3://my-bucket/data/train.csv}
"""

GOOD = """
inputs: {train: s3://my-bucket/data/train/}
"""

_FILE = re.compile(r".+/(?P<name>[^/{}]*\.(?:csv|tsv|txt|json|jsonl|parquet|libsvm|svm|rec|recordio|pbr|npy|npz|h5))")


def check_job(job: JobView) -> Iterator[Found]:
    """Find S3Prefix channels whose URI ends in the name of a data file."""
    for channel in job.places("InputDataConfig"):
        source = (*channel, "DataSource", "S3DataSource")
        found = _FILE.fullmatch(str(job.member(*source, "S3Uri")))
        if found and job.member(*source, "S3DataType") == "S3Prefix":
            message = f"the channel takes every object whose key begins with `{found['name']}`, not only that file"
            advice = "move the file into its own folder and use that; ignore this if no other key has this prefix"
            yield Found(job.origin(*source, "S3Uri"), message, advice)

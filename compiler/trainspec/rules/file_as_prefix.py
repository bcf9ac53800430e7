"""`s3:` names a prefix, and this one ends like a file.

SageMaker takes every object whose key begins with the text: `train.csv` finds the file, and `train.csv.bak` beside it.
A prefix that ends in `/` says what is meant, and leaves room for a second file.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS552", "a file where a prefix is meant", Severity.NOTE)

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
            message = f"the channel takes every object whose key begins with `{found['name']}`, not that file alone"
            advice = "put the file into a folder of its own and name the folder; leave it if no other key begins so"
            yield Found(job.origin(*source, "S3Uri"), message, advice)

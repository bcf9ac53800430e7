"""What `trainspec push` must be allowed: to put the archives where the specs name them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from collections.abc import Iterable, Iterator

from trainspec.iam.document import Statement
from trainspec.packing.source import Source


def deployer_policy(sources: Iterable[Source]) -> Iterator[Statement]:
    """The statements for who pushes `sources`."""
    for source in sources:
        bucket, _, key = source.uri.removeprefix("s3://").partition("/")
        prefix = key.removesuffix(source.packed.key)
        yield Statement("PushSources", ("s3:PutObject",), (f"arn:aws:s3:::{bucket}/{prefix}*",))
        if source.kms_key and source.kms_key.startswith("arn:"):
            actions = ("kms:Decrypt", "kms:GenerateDataKey")
            yield Statement("EncryptSources", actions, (source.kms_key,))

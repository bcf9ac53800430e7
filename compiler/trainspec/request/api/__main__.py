"""`python -m trainspec.request.api` rewrites schemas/create-training-job.schema.json from the installed botocore."""

from trainspec.request.api.derive import derive_schema, schema_text
from trainspec.schema.files import API_SCHEMA, schema_path

if __name__ == "__main__":
    schema_path(API_SCHEMA).write_text(schema_text(derive_schema()), encoding="utf-8")

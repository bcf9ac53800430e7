"""A project with a folder of code, and a spec whose job runs a script from it."""

from pathlib import Path

SPEC = """trainspec: 1
dag: {{id: churn}}
defaults:
  role: arn:aws:iam::123456789012:role/SageMakerRole
  region: us-east-1
  output: s3://my-bucket/models/
  resources: {{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}}
  stopping: {{max_runtime: 1h}}
jobs:
  train:
    name: churn-{{{{ ts_nodash | lower }}}}
    {image}
    source: {source}
{more}"""
FRAMEWORK = 'framework: {name: sklearn, version: "1.2-1"}'
OWN_IMAGE = "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
SOURCE = "{dir: ../src, entry: train.py, upload: s3://my-bucket/code/}"


def write(project: Path, files: dict[str, str]) -> None:
    """Write files below the project."""
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def write_spec(project: Path, source: str = SOURCE, image: str = FRAMEWORK, more: str = "") -> str:
    """Write the spec, and return its name."""
    indented = "".join(f"    {line}\n" for line in more.splitlines())
    write(project, {"specs/churn.yaml": SPEC.format(image=image, source=source, more=indented)})
    return "specs/churn.yaml"

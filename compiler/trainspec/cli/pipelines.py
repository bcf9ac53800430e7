"""The files of a starter project's CI: what it checks of a pull request, and how it deploys what was merged."""

from collections.abc import Mapping

DEPLOYS = ("none", "s3", "bundle", "image")
"""Nowhere; to the DAGs folder in S3 of Amazon MWAA; to a branch that an Airflow DAG bundle follows; as an image."""

_GITHUB = """\
name: trainspec
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pull-requests: write  # the comment
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0  # the comment compares with the branch that the pull request goes to
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install "{install}"  # or your own index: pip install --index-url https://… trainspec
      - run: trainspec lint --format github  # with your policies, where the settings name them
      # - run: trainspec policy test
      - run: trainspec compile --check
      - name: What changes, and what it may cost
        if: github.event_name == 'pull_request'
        continue-on-error: true  # from a fork, the token may not comment
        env:
          BASE: origin/${{{{ github.base_ref }}}}
          NUMBER: ${{{{ github.event.number }}}}
          GH_TOKEN: ${{{{ github.token }}}}
        run: |
          {{
            echo "### What changes"
            trainspec diff "$BASE" --format markdown
            echo "### What it may cost"
            trainspec cost --against "$BASE" --format markdown
          }} > comment.md
          cat comment.md >> "$GITHUB_STEP_SUMMARY"
          gh pr comment "$NUMBER" --edit-last --body-file comment.md ||
            gh pr comment "$NUMBER" --body-file comment.md
"""

_DEPLOY = """\
  deploy:
    if: github.event_name == 'push'
    needs: check
    runs-on: ubuntu-latest
    concurrency: deploy
    permissions:
      contents: {contents}
      id-token: write  # the role of AWS, without a key
{packages}    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: ${{{{ vars.AWS_ROLE }}}}  # `trainspec iam --for deployer` prints what it needs
          aws-region: {region}
      - run: pip install "{install}" boto3
      - run: trainspec push
      - run: trainspec compile --check
"""

_STEPS: Mapping[str, str] = {
    "s3": """\
      - name: To the DAGs folder of Amazon MWAA
        env:
          DAGS: ${{ vars.DAGS_S3 }}  # such as s3://my-mwaa-bucket/dags/trainspec
        run: aws s3 sync --delete generated_dags "$DAGS"
""",
    "bundle": """\
      - name: To the branch that Airflow's bundle follows
        run: |
          git config user.name trainspec
          git config user.email trainspec@users.noreply.github.com
          if git fetch origin dags; then git worktree add -B dags ../dags origin/dags
          else git worktree add --orphan -b dags ../dags; fi
          rsync --archive --delete --exclude .git generated_dags/ ../dags/dags/
          cd ../dags
          git add --all
          git diff --cached --quiet || git commit -m "DAGs of $GITHUB_SHA"
          git push origin dags
      # In Airflow 3: [dag_processor] dag_bundle_config_list = [{"name": "trainspec",
      #   "classpath": "airflow.providers.git.bundles.git.GitDagBundle",
      #   "kwargs": {"tracking_ref": "dags", "subdir": "dags", "git_conn_id": "…"}}]
""",
    "image": """\
      - name: As an image, with the DAGs and the runtime in it
        env:
          IMAGE: ghcr.io/${{ github.repository }}:${{ github.sha }}
          TOKEN: ${{ github.token }}
        run: |
          echo "$TOKEN" | docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin
          docker build --tag "${IMAGE,,}" .
          docker push "${IMAGE,,}"
""",
}

_DOCKERFILE = """\
FROM apache/airflow:{airflow}
# The runtime alone: it has no dependencies that Airflow and its Amazon provider do not bring.
RUN pip install --no-cache-dir --no-deps "{install}"
COPY generated_dags/ /opt/airflow/dags/
"""
_IMAGES: Mapping[str, str] = {"2.11": "2.11.2", "3.0": "3.0.6", "3.1": "3.1.8", "3.2": "3.2.2", "3.3": "3.3.2"}
"""The release of each minor that our own tests run on."""

_GITLAB = """\
trainspec:
  image: python:3.12-slim
  variables:
    GIT_DEPTH: "0"
  script:
    - pip install "{install}"  # or your own index: pip install --index-url https://… trainspec
    - trainspec lint --format gitlab > code-quality.json || true  # for the merge request; the next line fails
    - trainspec lint
    - trainspec compile --check
    - >-
      if [ -n "$CI_MERGE_REQUEST_DIFF_BASE_SHA" ]; then
      apt-get -qq update && apt-get -qq install -y git;
      trainspec diff "$CI_MERGE_REQUEST_DIFF_BASE_SHA" --format markdown > changes.md;
      trainspec cost --against "$CI_MERGE_REQUEST_DIFF_BASE_SHA" --format markdown >> changes.md;
      fi
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  artifacts:
    paths: [changes.md]
    expose_as: What changes, and what it may cost
    reports:
      codequality: code-quality.json
"""


def pipeline(ci: str, install: str, deploy: str, region: str, airflow: str) -> dict[str, str]:
    """The files of a CI, `github` or `gitlab`, by name. `install` is what pip takes, `deploy` is of `DEPLOYS`."""
    if ci == "gitlab":
        return {".gitlab-ci.yml": _GITLAB.format(install=install)}
    if ci != "github":
        return {}
    text = _GITHUB.format(install=install)
    files = {}
    if deploy != "none":
        packages = "      packages: write\n" if deploy == "image" else ""
        contents = "write" if deploy == "bundle" else "read"
        text += _DEPLOY.format(install=install, region=region, packages=packages, contents=contents)
        text += _STEPS[deploy]
    if deploy == "image":
        files["Dockerfile"] = _DOCKERFILE.format(airflow=_IMAGES[airflow], install=install)
    return {".github/workflows/trainspec.yml": text, **files}

"""The commands, grouped by purpose, and the names that other tools use for them."""

from collections.abc import Mapping

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Write specs": {
        "init": "start a project: a first spec, settings, hooks and CI",
        "import": "create a spec from a request, a job, a manifest or a DAG file",
        "lint": "check specs; --fix fixes what has exactly one correct fix",
        "fmt": "rewrite specs in canonical form",
        "explain": "explain a code or a field",
    },
    "Compile and review": {
        "compile": "write the DAG files",
        "request": "print a job's CreateTrainingJob request",
        "ls": "list DAGs, jobs, schedules and machines",
        "diff": "show what changes between two specs, environments or revisions",
        "graph": "draw a spec's DAG, or the project's DAGs, as SVG or Mermaid",
        "docs": "write a site of all DAGs and jobs, and the data between them",
        "cost": "print the upper bound of what specs cost, in machine hours and money",
        "preflight": "check whether the AWS account can run the jobs of specs",
        "policy": "test or list the rules of your organization",
        "iam": "print the least-privilege IAM policies that specs need",
    },
    "Run": {
        "push": "upload the source archives of specs to S3",
        "run": "run a spec's jobs from this machine, without Airflow",
        "metrics": "test a spec's metric expressions on a log",
        "simulate": "serve a simulated SageMaker endpoint on this machine",
    },
    "Manage jobs": {
        "status": "show the training and tuning jobs that trainspec has started",
        "logs": "print the log of a training job, or of a tuning job's best training job",
        "stop": "stop a training or tuning job",
        "sweep": "list or stop training jobs whose Airflow task has ended",
    },
    "Set up": {
        "completion": "print shell completion for bash, zsh or fish",
        "lsp": "run a language server for editors: findings, fixes, hover, completion, rename",
        "schema": "print the JSON Schema for editors",
    },
}

COMMANDS: Mapping[str, str] = {name: summary for group in GROUPS.values() for name, summary in group.items()}

SYNONYMS: Mapping[str, str] = {
    "build": "compile",
    "check": "lint",
    "convert": "import",
    "create": "init",
    "deploy": "push",
    "describe": "status",
    "draw": "graph",
    "format": "fmt",
    "language-server": "lsp",
    "generate": "compile",
    "jobs": "status",
    "kill": "stop",
    "list": "ls",
    "log": "logs",
    "new": "init",
    "site": "docs",
    "plan": "diff",
    "price": "cost",
    "estimate": "cost",
    "doctor": "preflight",
    "permissions": "iam",
    "rules": "policy",
    "ps": "status",
    "render": "request",
    "show": "request",
    "test": "lint",
    "upload": "push",
    "validate": "lint",
}
"""What other tools call such a command."""

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "init": ("trainspec init", "trainspec init churn --region eu-west-1 --ci gitlab --airflow 2.11"),
    "import": ("trainspec import request.json > specs/churn.yaml", "trainspec import dags/churn.py -o specs/"),
    "lint": ("trainspec lint", "trainspec lint --fix specs/churn.yaml", "trainspec lint --watch"),
    "fmt": ("trainspec fmt", "trainspec fmt --check", "trainspec fmt - < specs/churn.yaml"),
    "explain": ("trainspec explain TS540", "trainspec explain stopping.max_runtime", "trainspec explain framework"),
    "compile": ("trainspec compile", "trainspec compile --env prod", "trainspec compile --check"),
    "request": ("trainspec request specs/churn.yaml --at 2025-04-09", "trainspec request specs/churn.yaml --origin"),
    "ls": ("trainspec ls", "trainspec ls --select tag:nightly", "trainspec ls --select state:modified --json"),
    "diff": ("trainspec diff main", "trainspec diff specs/churn.yaml@dev specs/churn.yaml@prod"),
    "graph": ("trainspec graph specs/churn.yaml -o churn.svg", "trainspec graph -o project.svg"),
    "docs": ("trainspec docs -o site", "trainspec docs --at 2025-06-01"),
    "cost": (
        "trainspec cost",
        "trainspec cost --prices prices.json",
        "trainspec cost --against main --format markdown",
    ),
    "iam": ("trainspec iam specs/churn.yaml", "trainspec iam --for caller"),
    "preflight": ("trainspec preflight", "trainspec preflight specs/churn.yaml --env prod --at 2025-04-09"),
    "policy": ("trainspec policy test", "trainspec policy test policies/machines.yaml", "trainspec policy list"),
    "push": ("trainspec push --dry-run", "trainspec push specs/churn.yaml --env prod"),
    "run": (
        "trainspec run specs/churn.yaml --simulate",
        "trainspec run specs/churn.yaml --local --input train=./data",
        "trainspec run specs/churn.yaml --at 2025-04-09",
    ),
    "metrics": ("trainspec metrics specs/churn.yaml --log train.log",),
    "simulate": ("trainspec simulate --port 4587",),
    "status": ("trainspec status", "trainspec status --dag churn --json"),
    "logs": ("trainspec logs churn-2025-04-09",),
    "stop": ("trainspec stop churn-2025-04-09",),
    "sweep": ("trainspec sweep --airflow-url https://airflow.example.com", "trainspec sweep --dag"),
    "completion": (
        'eval "$(trainspec completion bash)"',
        "trainspec completion fish > ~/.config/fish/completions/trainspec.fish",
    ),
    "lsp": ("trainspec lsp",),
    "schema": ("trainspec schema > schemas/trainspec.schema.json", "trainspec schema --path"),
}

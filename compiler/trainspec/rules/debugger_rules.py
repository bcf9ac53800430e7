"""A Debugger or profiler rule that cannot run.

AWS's rule images run the rule named by the parameter `rule_to_invoke`. They are in a different account in each
region, and evaluate what the debugger hook saves (`debugger.s3`). Some rules are for neural networks, some for
XGBoost.

https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-built-in-rules.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean
from trainspec.request.images import ecr_image, known_registry
from trainspec.rules.support.algorithms import PLACE, first_party
from trainspec.rules.support.view import Found, JobView
from trainspec.text.tree import Path

CODE = Code("TS870", "a Debugger rule that cannot run", Severity.WARNING)

BAD = """
debugger:
  s3: s3://my-bucket/t/
  rules: {overfit: {image: "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest"}}
"""

GOOD = """
debugger:
  s3: s3://my-bucket/t/
  rules:
    overfit:
      image: 503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest
      parameters: {rule_to_invoke: Overfit}
"""

ACCOUNTS = {
    "af-south-1": "314341159256", "ap-east-1": "199566480951", "ap-northeast-1": "430734990657",
    "ap-northeast-2": "578805364391", "ap-northeast-3": "479947661362", "ap-south-1": "904829902805",
    "ap-southeast-1": "972752614525", "ap-southeast-2": "184798709955", "ca-central-1": "519511493484",
    "cn-north-1": "618459771430", "cn-northwest-1": "658757709296", "eu-central-1": "482524230118",
    "eu-north-1": "314864569078", "eu-south-1": "563282790590", "eu-west-1": "929884845733",
    "eu-west-2": "250201462417", "eu-west-3": "447278800020", "me-south-1": "986000313247", "sa-east-1": "818342061345",
    "us-east-1": "503895931360", "us-east-2": "915447279597", "us-gov-west-1": "515509971035",
    "us-west-1": "685455198987", "us-west-2": "895741380848",
}  # fmt: skip
"""From `image_uri_config/debugger.json` of the package sagemaker 2.257.7."""


_FRAMEWORKS = ("pytorch-training", "tensorflow-training", "mxnet-training", "huggingface-")
NETWORKS = frozenset({
    "CheckInputImages", "DeadRelu", "ExplodingTensor", "NLPSequenceRatio", "PoorWeightInitialization",
    "SaturatedActivation", "VanishingGradient", "WeightUpdateRatio",
})  # fmt: skip
TREES = frozenset({"CreateXgboostReport", "FeatureImportanceOverweight", "TreeDepth"})
ANY = frozenset({
    "AllZero", "ClassImbalance", "Confusion", "LossNotDecreasing", "Overfit", "Overtraining", "SimilarAcrossRuns",
    "StalledTrainingRule", "TensorVariance", "UnchangedTensor",
})  # fmt: skip
PROFILER = frozenset({
    "BatchSize", "CPUBottleneck", "Dataloader", "GPUMemoryIncrease", "IOBottleneck", "LoadBalancing",
    "LowGPUUtilization", "MaxInitializationTime", "OverallFrameworkMetrics", "OverallSystemUsage", "ProfilerReport",
    "StepOutlier",
})  # fmt: skip
"""The rules of AWS's image, from the package smdebug-rulesconfig 1.0.1 and the developer guide's tables."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at each rule's image and parameters."""
    has_hook = job.member("DebugHookConfig") is not None
    for member in ("DebugRuleConfigurations", "ProfilerRuleConfigurations"):
        for place in job.places(member):
            image = job.text(*place, "RuleEvaluatorImage") or ""
            parts = ecr_image(image)
            if image and "/" not in image and "{" not in image and "DEFAULT" not in image:
                message = f"`{image}` is not an Amazon ECR image"
                yield Found(job.origin(*place, "RuleEvaluatorImage"), message, "use the image in the job's region")
            if parts and parts.repository == "sagemaker-debugger-rules":
                expected = ACCOUNTS.get(parts.region)
                if expected and parts.account != expected:
                    message = f"the rule image for {parts.region} is in account {expected}, not in {parts.account}"
                    yield Found(job.origin(*place, "RuleEvaluatorImage"), message, f"write `{expected}`")
                yield from _invoked(job, place)
            if member.startswith("Debug") and not has_hook:
                message = "the rule evaluates what the debugger hook saves, but the job has no hook and saves nothing"
                yield Found(job.origin(*place), message, "add `debugger.s3`")


def _invoked(job: JobView, place: Path) -> Iterator[Found]:
    """What a configuration of AWS's image runs: something, a rule that is there, and one that suits the algorithm."""
    at = (*place, "RuleParameters", "rule_to_invoke")
    if job.member(*at) is None:
        message = "AWS's rule image runs the rule named by `rule_to_invoke`, which is missing"
        yield Found(job.origin(*place), message, "add, for example, `parameters: {rule_to_invoke: Overfit}`")
        return
    name = job.text(*at)
    known = sorted(NETWORKS | TREES | ANY | PROFILER)
    if name is None or name in ANY | PROFILER:
        return
    if name not in known:
        advice = did_you_mean(name, known) or f"its rules are {', '.join(sorted(ANY)[:4])}, …"
        yield Found(job.origin(*at), f"AWS's image has no rule `{name}`", advice)
        return
    found = first_party(job)
    registry = known_registry(job.text(*PLACE) or "")
    is_trees = found is not None and found.algorithm.name == "xgboost"
    is_network = registry is not None and registry.image.repository.startswith(_FRAMEWORKS)
    if (is_trees and name in NETWORKS) or (is_network and name in TREES):
        kind, other = ("neural networks", "XGBoost") if name in NETWORKS else ("XGBoost", "neural networks")
        message = f"the rule `{name}` is for {kind}, but the job trains {other}: it would find no tensors to evaluate"
        yield Found(job.origin(*at), message, "remove it, or use a rule for both, such as LossNotDecreasing")

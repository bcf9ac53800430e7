"""The platform example from end to end: scheduler, triggerer, sensor, matrix, gate, registration, trigger."""

from running import GOOD, POOR, Platform

POINTS = ("depth-4_eta-0.1", "depth-4_eta-0.3", "depth-6_eta-0.1", "depth-6_eta-0.3")
BEFORE = ("raw_data", "prepare", *(f"train.{point}" for point in POINTS), "choose")
AFTER = ("register", "drift")


def test_a_good_model_goes_all_the_way(platform: Platform) -> None:
    states = platform.deployment.rest.task_states("churn_pipeline", GOOD)
    assert states == dict.fromkeys((*BEFORE, "choose.gate", *AFTER), "success")


def test_a_poor_model_ends_at_the_gate(platform: Platform) -> None:
    states = platform.deployment.rest.task_states("churn_pipeline", POOR)
    assert states == {**dict.fromkeys(BEFORE, "success"), **dict.fromkeys(("choose.gate", *AFTER), "skipped")}


def test_every_task_is_one_job(platform: Platform) -> None:
    jobs = [job.name for job in platform.simulator.jobs if job.name.startswith("churn-")]
    for day in (GOOD, POOR):
        stamp = f"{day.replace('-', '')}T000000"
        mine = sorted(name for name in jobs if name.endswith(stamp))
        points = [f"churn-{point.replace('_', '-').replace('.', '-')}-dev-{stamp}" for point in POINTS]
        assert mine == sorted([f"churn-prepare-dev-{stamp}", f"churn-choose-dev-{stamp}", *points])
    assert len([name for name in jobs if name.startswith("churn-drift-dev-")]) == 1
    assert len(jobs) == 13


def test_no_more_points_run_at_once_than_the_matrix_allows(platform: Platform) -> None:
    now = platform.simulator.clock.now()
    lanes = [job for job in platform.simulator.jobs if job.name.startswith("lanes-")]
    times = [(job.created, job.state(now).end or now) for job in lanes]
    at_once = [sum(start <= created < end for start, end in times) for created, _ in times]
    assert len(lanes) == 6
    assert max(at_once) == 2
    assert platform.deployment.rest.runs("lanes") == {GOOD: "success"}


def test_models_are_handed_on(platform: Platform) -> None:
    jobs = {job.name: job.request for job in platform.simulator.jobs}
    stamp = f"{GOOD.replace('-', '')}T000000"
    prepared = f"s3://company-models-dev/churn_pipeline/prepare/churn-prepare-dev-{stamp}/output/model.tar.gz"
    trained = jobs[f"churn-depth-4-eta-0-1-dev-{stamp}"]
    assert trained["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == prepared
    chosen = jobs[f"churn-choose-dev-{stamp}"]
    candidates = {
        f"s3://company-models-dev/churn_pipeline/train/{name}/output/model.tar.gz"
        for name in jobs
        if "-eta-" in name and name.endswith(stamp)
    }
    read = {channel["DataSource"]["S3DataSource"]["S3Uri"] for channel in chosen["InputDataConfig"]}
    assert read == candidates
    assert len(read) == 4


def test_the_good_model_is_registered_and_handed_to_the_next_dag(platform: Platform) -> None:
    stamp = f"{GOOD.replace('-', '')}T000000"
    name = f"churn-choose-dev-{stamp}"
    (package,) = platform.simulator.account.registry.packages("us-east-1", "churn-dev")
    (container,) = package["InferenceSpecification"]["Containers"]
    model = f"s3://company-models-dev/churn_pipeline/choose/{name}/output/model.tar.gz"
    assert container["ModelDataUrl"] == model
    assert package["ModelPackageDescription"] == f"Trained by churn_pipeline, {GOOD}"
    (drift,) = [job.request for job in platform.simulator.jobs if job.name.startswith("churn-drift-dev-")]
    channels = {each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"] for each in drift["InputDataConfig"]}
    assert channels["model"] == model
    assert drift["HyperParameters"]["of"] == name

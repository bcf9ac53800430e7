"""The table of images, derived from what the package sagemaker-core knows about them.

Its `image_uri_config/*.json` (Apache-2.0) say which images there are; some rules are in its code alone
(`sagemaker/core/image_uris.py`), and are written down here. Only images that train are taken. The shape of the table:

    registries   [{account: [region, …]}, …], each once, referred to by its index
    hosts        {DNS suffix: [region, …]}, all regions that have ECR
    images       {name: {algorithm: true where it is a built-in one,
                         builds: [build, …],
                         families: {instance family: {tag: the tag that the family gets instead}}}}

and of a build, the images of one version:

    version, aliases    the version in full, and other ways to write it
    python              the Python versions to choose from
    base, bases         huggingface: the framework below it, and the ways to write that one's version, in full first
    tags                {processor: tag}, where {version}, {base} and {python} stand for what the spec says
    repository, registry
    not_on              instance families that cannot run it
"""

import json
import re
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from trainspec.request.images.versions import version_key

PACKAGE = "sagemaker-core"

# config → the name under which its images are found. Trainium's images belong to the framework that they contain.
_PART_OF = {
    "huggingface-neuronx": "huggingface",
    "hyperpod-recipes-neuron": "pytorch",
    "pytorch-neuron": "pytorch",
}

# The processor in a tag, if that is not the config's own word for it.
_NEURON = {"pytorch-neuron": "neuron", "hyperpod-recipes-neuron": "neuronx", "huggingface-neuronx": "neuronx"}

# The first images of huggingface have no container version in their config; the SDK's estimator adds it.
_FIRST_TRANSFORMERS = "cu110-ubuntu18.04"

# AWS's own list has this image with PyTorch 2.8.0.
# https://aws.github.io/deep-learning-containers/reference/available_images/
_CORRECTED_BASES = {("huggingface-neuronx", "4.55.4", "pytorch2.7.0"): ("pytorch2.8.0", "pytorch2.8")}

# Images with the CUDA that p4d needs are under tags of their own.
_P4D = {
    "mxnet": {"1.8-gpu-py37": "cu110-ubuntu16.04-v1", "1.8.0-gpu-py37": "cu110-ubuntu16.04"},
    "pytorch": {
        "1.6-gpu-py3": "cu110-ubuntu18.04-v3",
        "1.6-gpu-py36": "cu110-ubuntu18.04-v3",
        "1.6.0-gpu-py3": "cu110-ubuntu18.04",
        "1.6.0-gpu-py36": "cu110-ubuntu18.04",
    },
    "tensorflow": {
        "1.15-gpu-py37": "cu110-ubuntu18.04-v8",
        "1.15.4-gpu-py37": "cu110-ubuntu18.04",
        "1.15.5-gpu-py37": "cu110-ubuntu18.04",
        "2.3-gpu-py37": "cu110-ubuntu18.04-v3",
        "2.3.1-gpu-py37": "cu110-ubuntu18.04",
        "2.3.2-gpu-py37": "cu110-ubuntu18.04",
    },
}

# The model parallel library's CUDA, by the version of PyTorch; what is not here has cu118, and cu121 on p5.
_SMP = "pytorch-smp"
_SMP_CUDA = {"2.1": "cu121", "2.2": "cu121", "2.3": "cu121", "2.4": "cu121", "2.5": "cu124"}
_P5 = ("p5", "p5e", "p5en")

# framework → the first version that no longer runs on p2
_WITHOUT_P2 = {"pytorch": "1.13", "pytorch-training-compiler": "1.13", "tensorflow": "2.12"}


def derive_table() -> dict[str, Any]:
    """Generate the table from the installed sagemaker-core. ImportError if it is not installed."""
    package = metadata.distribution(PACKAGE)
    folder = Path(str(package.locate_file("sagemaker/core/image_uri_config")))
    registries: dict[str, dict[str, list[str]]] = {}
    images: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        training = _training(json.loads(path.read_text(encoding="utf-8")))
        if training is None:
            continue
        image = images.setdefault(_PART_OF.get(path.stem, path.stem), {"builds": []})
        for build in _builds(path.stem, training):
            accounts = _by_account(build.pop("registries"))
            build["registry"] = json.dumps(accounts)
            registries[build["registry"]] = accounts
            image["builds"].append(build)
    order = sorted(registries)
    for name, image in images.items():
        for build in image["builds"]:
            build["registry"] = order.index(build["registry"])
        image["builds"].sort(key=lambda build: (version_key(build["version"]), json.dumps(build, sort_keys=True)))
        if any("python" not in build and set(build["tags"].values()) == {"{version}"} for build in image["builds"]):
            image["algorithm"] = True
        if families := _families(name, image["builds"]):
            image["families"] = families
    used = {region for accounts in registries.values() for regions in accounts.values() for region in regions}
    return {
        "source": {"package": PACKAGE, "version": package.version, "licence": "Apache-2.0"},
        "hosts": _hosts(used),
        "registries": [registries[key] for key in order],
        "images": images,
    }


def table_text(table: Mapping[str, Any]) -> str:
    """Write `table` as it is checked in: keys sorted, one line for each build and each registry."""
    lines = ["{"]
    lines.append(f' "hosts": {_line(table["hosts"])},')
    lines.append(' "images": {')
    lines.append(",\n".join(_image_text(name, table["images"][name]) for name in sorted(table["images"])))
    lines.append(" },")
    lines.append(' "registries": [')
    lines.append(",\n".join(f"  {_line(accounts)}" for accounts in table["registries"]))
    lines.append(" ],")
    lines.append(f' "source": {_line(table["source"])}')
    lines.append("}\n")
    return "\n".join(lines)


def _image_text(name: str, image: Mapping[str, Any]) -> str:
    head = [f"   {json.dumps(key)}: {_line(image[key])}" for key in sorted(image) if key != "builds"]
    builds = ",\n".join(f"    {_line(build)}" for build in image["builds"])
    return f"  {json.dumps(name)}: {{\n" + ",\n".join([*head, f'   "builds": [\n{builds}\n   ]']) + "\n  }"


def _line(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _training(config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The part of a config that is about training, or None."""
    if "training" in config:
        part: Mapping[str, Any] = config["training"]
        return part
    return config if "training" in config.get("scope", ()) else None


def _builds(config: str, training: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    aliases: dict[str, list[str]] = {}
    for alias, version in training.get("version_aliases", {}).items():
        aliases.setdefault(version, []).append(alias)
    written_elsewhere = {alias for version, others in aliases.items() for alias in others if alias != version}
    for version, entry in training["versions"].items():
        written = [version] if version not in written_elsewhere else []
        written += [alias for alias in aliases.get(version, ()) if alias != version]
        # An alias of the model parallel library is another release of PyTorch, with its own tag and CUDA.
        for names in [[name] for name in written] if config == _SMP else [written]:
            if names:
                yield from _builds_of_version(config, training, names, entry)


def _builds_of_version(
    config: str, training: Mapping[str, Any], written: list[str], entry: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    version, *aliases = written
    for key, leaf in _leaves(entry):
        build: dict[str, Any] = {"version": version, "repository": leaf["repository"], "registries": leaf["registries"]}
        if aliases:
            build["aliases"] = sorted(aliases, key=version_key)
        if base := re.fullmatch(r"(pytorch|tensorflow)(.+)", key):
            names = [key, *(alias for alias, full in entry.get("version_aliases", {}).items() if full == key)]
            names = list(_CORRECTED_BASES.get((config, version, key), names))
            build["base"] = base.group(1)
            build["bases"] = [name.removeprefix(base.group(1)) for name in names]
        pythons = leaf.get("py_versions") or ([key] if key and not base else [])
        if pythons:
            build["python"] = pythons
        build["tags"] = _tags(config, training, build, leaf)
        if config in _WITHOUT_P2 and version_key(version) >= version_key(_WITHOUT_P2[config]):
            build["not_on"] = ["p2"]
        yield build


def _leaves(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The images of a version: one, or one for each base framework or Python version, with that as the key."""
    if "repository" in entry:
        yield "", entry
    else:
        yield from ((key, leaf) for key, leaf in entry.items() if key != "version_aliases")


def _tags(
    config: str, training: Mapping[str, Any], build: Mapping[str, Any], leaf: Mapping[str, Any]
) -> dict[str, str]:
    has_processors = "processors" in training or "processors" in leaf
    tags = {}
    for processor in training.get("processors") or leaf.get("processors") or ("cpu", "gpu"):
        shown = _NEURON.get(config, processor) if has_processors and leaf.get("processor_in_tag", True) else ""
        python = "{python}" if "python" in build else ""
        container = _container(config, build["version"], leaf, processor)
        parts = (_tag_prefix(config, build, leaf), shown, python, container)
        tags["neuron" if config in _NEURON else processor] = "-".join(part for part in parts if part)
    return tags


def _tag_prefix(config: str, build: Mapping[str, Any], leaf: Mapping[str, Any]) -> str:
    """The start of a tag. Huggingface's have the base in front: as it is written, or in full for Trainium."""
    match config:
        case "huggingface":
            return f"{{base}}-transformers{build['version']}"
        case "huggingface-training-compiler":
            return "{base}-transformers{version}"
        case "huggingface-neuronx":
            return f"{build['bases'][0]}-transformers{build['version']}"
    prefix: str = leaf.get("tag_prefix", "{version}")
    return prefix


def _container(config: str, version: str, leaf: Mapping[str, Any], processor: str) -> str:
    """The end of a tag: the SDK of Neuron, CUDA, the operating system."""
    if config == _SMP:
        return _SMP_CUDA.get(".".join(version.split(".")[:2]), "cu118")
    versions: Mapping[str, str] = leaf.get("container_version") or {}
    if config in _NEURON:
        # Some configs call Trainium `inf`; there is one entry either way.
        return "-".join((max(leaf["sdk_versions"]), *versions.values()))
    return versions.get(processor, _FIRST_TRANSFORMERS if config == "huggingface" else "")


def _families(name: str, builds: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    if name in _P4D:
        return {"p4d": {tag: f"{tag}-{suffix}" for tag, suffix in _P4D[name].items()}}
    if name == _SMP:
        tags = [
            build["tags"]["gpu"].format(version=build["version"], python=python)
            for build in builds
            for python in build["python"]
        ]
        newer = {tag: tag.replace("cu118", "cu121") for tag in tags if tag.endswith("cu118")}
        return dict.fromkeys(_P5, newer)
    return {}


def _by_account(registries: Mapping[str, str]) -> dict[str, list[str]]:
    accounts: dict[str, list[str]] = {}
    for region, account in sorted(registries.items()):
        accounts.setdefault(account, []).append(region)
    return dict(sorted(accounts.items()))


def _hosts(regions: set[str]) -> dict[str, list[str]]:
    """The regions by the DNS suffix of their registries, from botocore's endpoints."""
    import botocore.loaders
    import botocore.regions

    resolver = botocore.regions.EndpointResolver(botocore.loaders.create_loader().load_data("endpoints"))
    known = {
        region
        for partition in resolver.get_available_partitions()
        for region in resolver.get_available_endpoints("ecr", partition)
    }
    suffixes: dict[str, list[str]] = {}
    for region in sorted(regions | known):
        hostname: str = resolver.construct_endpoint("ecr", region)["hostname"]
        suffixes.setdefault(hostname.removeprefix(f"ecr.{region}."), []).append(region)
    return suffixes

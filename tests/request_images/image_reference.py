"""sagemaker-core's results, if it is installed; `python tests/request_images/image_reference.py` records them.

It calls sagemaker-core's own functions; two that read files at each call are cached.
"""

import functools
import importlib
import json
import logging
import warnings
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from image_combinations import Choice, Combination, digests

RECORD = Path(__file__).with_name("sagemaker_core_answers.json")
_SMP = {"torch_distributed": {"enabled": True}, "smdistributed": {"modelparallel": {"enabled": True}}}
_COMPILER = "-training-compiler"


class SagemakerCore:
    """sagemaker-core's image_uris."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image_uris: Any = importlib.import_module("sagemaker.core.image_uris")
        logging.getLogger("sagemaker").setLevel(logging.ERROR)
        image_uris.utils._botocore_resolver = functools.cache(image_uris.utils._botocore_resolver)
        image_uris.config_for_framework = functools.cache(image_uris.config_for_framework)
        self.image_uris = image_uris

    def answer(self, combination: Combination) -> str:
        """The image, or `-` if there is none: what an estimator of the SDK would run."""
        choice, region = combination.choice, combination.region
        name, version, instance_type = choice.name, choice.version, combination.instance_type
        if name == "pytorch" and combination.is_on_trainium:
            if version not in ("1.11", "1.11.0", "2.1.2"):
                return "-"  # sagemaker-core returns the image of 1.11.0 for any version
            if version == "2.1.2":
                return self._ask("retrieve", framework="hyperpod-recipes-neuron", region=region, version=version)
        base, _, base_version = choice.base.partition(" ")
        return self._ask(
            "get_training_image_uri",
            framework="pytorch" if name == "pytorch-smp" else name.removesuffix(_COMPILER),
            region=region,
            framework_version=version,
            py_version=choice.python or None,
            instance_type=instance_type,
            distribution=_SMP if name == "pytorch-smp" else None,
            compiler_config=object() if name.endswith(_COMPILER) else None,
            pytorch_version=base_version if base == "pytorch" else None,
            tensorflow_version=base_version if base == "tensorflow" else None,
        )

    def _ask(self, function: str, **arguments: Any) -> str:
        try:
            uri: str = getattr(self.image_uris, function)(**arguments)
        except ValueError:
            return "-"
        return uri

    def choices(self) -> Iterator[Choice]:
        """All choices that its configs have for training."""
        for name in self.image_uris.list_frameworks():
            config = self.image_uris.config_for_framework(name)
            training = config.get("training", config if "training" in config.get("scope", ()) else None)
            if training is not None:
                yield from self._choices(name, training)

    def _choices(self, name: str, training: dict[str, Any]) -> Iterator[Choice]:
        names = {
            "hyperpod-recipes-neuron": "pytorch",
            "pytorch-neuron": "pytorch",
            "huggingface-neuronx": "huggingface",
        }
        aliases = training.get("version_aliases", {})
        for version in {*training["versions"], *aliases}:
            entry = training["versions"][aliases.get(version, version)]
            base_aliases = entry.get("version_aliases", {})
            if "repository" in entry:
                for python in entry.get("py_versions") or [""]:
                    yield Choice(names.get(name, name), version, "", python)
                continue
            for key in ({*entry} | {*base_aliases}) - {"version_aliases"}:
                if key.startswith("py") and not key.startswith("pytorch"):
                    yield Choice(names.get(name, name), version, "", key)
                    continue
                base = "pytorch" if key.startswith("pytorch") else "tensorflow"
                for python in entry[base_aliases.get(key, key)]["py_versions"]:
                    yield Choice(names.get(name, name), version, f"{base} {key.removeprefix(base)}", python)


if __name__ == "__main__":
    record = {"sagemaker-core": metadata.version("sagemaker-core"), "answers": digests(SagemakerCore().answer)}
    RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")

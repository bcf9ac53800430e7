"""Reads the model that another job made, and reports how it does on data that it has never seen."""

import json
import os
import random
import tarfile
from pathlib import Path

from model import predict

ROWS = 5000


def main() -> None:
    """Unpack the model's archive from its channel, score it, and hand it on."""
    with tarfile.open(Path(os.environ["SM_CHANNEL_CANDIDATE"], "model.tar.gz")) as archive:
        weights = json.load(archive.extractfile("weights.json"))
    dice = random.Random(4711)
    rows = [[dice.gauss(0, 1) for _ in range(4)] for _ in range(ROWS)]
    right = sum((predict(weights, row) > 0.5) == (row[0] + 2 * row[1] - row[2] > 0) for row in rows)
    print(f"holdout:accuracy={right / ROWS:.4f}")
    Path(os.environ["SM_MODEL_DIR"], "weights.json").write_text(json.dumps(weights))


if __name__ == "__main__":
    main()

"""Fits a logistic regression to data that it makes itself, with nothing but the standard library."""

import argparse
import json
import math
import os
import random
from pathlib import Path

from model import predict, step


def main() -> None:
    """Train, report the share of right answers, and leave the weights as the model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    dice = random.Random(given.seed)
    rows = [[dice.gauss(0, 1) for _ in range(4)] for _ in range(given.rows)]
    answers = [float(row[0] + 2 * row[1] - row[2] + dice.gauss(0, 0.5) > 0) for row in rows]
    cut = given.rows * 4 // 5

    weights = [0.0] * 5
    for epoch in range(1, given.epochs + 1):
        for row, answer in zip(rows[:cut], answers[:cut], strict=True):
            weights = step(weights, row, answer, given.learning_rate / math.sqrt(epoch))
        right = sum(
            (predict(weights, row) > 0.5) == bool(answer) for row, answer in zip(rows[cut:], answers[cut:], strict=True)
        )
        print(f"epoch={epoch} validation:accuracy={right / (given.rows - cut):.4f}")

    Path(os.environ["SM_MODEL_DIR"], "weights.json").write_text(json.dumps(weights))


if __name__ == "__main__":
    main()

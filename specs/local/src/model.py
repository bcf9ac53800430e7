"""The model: what it answers to a row, and how one answer changes it."""

import math


def predict(weights: list[float], row: list[float]) -> float:
    """The probability that the answer to `row` is yes; the last weight is the bias."""
    score = weights[-1] + sum(weight * value for weight, value in zip(weights, row, strict=False))
    return 1 / (1 + math.exp(-max(min(score, 30.0), -30.0)))


def step(weights: list[float], row: list[float], answer: float, rate: float) -> list[float]:
    """The weights after one step of gradient descent."""
    error = answer - predict(weights, row)
    return [weight + rate * error * value for weight, value in zip(weights, [*row, 1.0], strict=True)]

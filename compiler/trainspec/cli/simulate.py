"""`trainspec simulate`: a simulated SageMaker endpoint on this machine."""

"""Mistakes that SageMaker refuses: tables, and what counts them."""

"""Mistakes that SageMaker rejects: tables, and a program that counts them."""

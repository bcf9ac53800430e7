"""Runs a program against a recorder instead of AWS, and keeps its requests."""

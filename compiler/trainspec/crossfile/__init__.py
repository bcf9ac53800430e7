"""Findings that concern several files."""

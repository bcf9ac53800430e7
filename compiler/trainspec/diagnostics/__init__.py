"""Findings as plain data, and one file for each way of showing them."""

from trainspec.diagnostics.model import Code, Diagnostic, Edit, Fix, Label, Severity, Span, has_errors
from trainspec.diagnostics.near import did_you_mean, the_one

__all__ = ["Code", "Diagnostic", "Edit", "Fix", "Label", "Severity", "Span", "did_you_mean", "has_errors", "the_one"]

"""Findings as plain data, and one file for each way of showing them."""

from trainspec.diagnostics.model import Code, Diagnostic, Label, Severity, Span, did_you_mean, has_errors

__all__ = ["Code", "Diagnostic", "Label", "Severity", "Span", "did_you_mean", "has_errors"]

"""Checks specs against an AWS account before they run, with read-only calls."""

"""Specs and CreateTrainingJob requests, one table read both ways."""

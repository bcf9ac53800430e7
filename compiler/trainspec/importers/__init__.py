"""Imports what people already have into specs: one module for each kind of source, one writer for all."""

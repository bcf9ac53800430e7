"""Limits what an untrusted file may cause, and what may be shown of it. It imports nothing else of trainspec."""

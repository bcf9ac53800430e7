"""Descriptions of codes, fields and images: for `trainspec explain`, and for the pages in docs/."""

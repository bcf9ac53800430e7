"""What there is to know about codes, fields and images: for `trainspec explain`, and for the pages in docs/."""

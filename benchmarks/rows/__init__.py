"""The rows: one module for what is measured in the same way."""

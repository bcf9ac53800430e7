"""What people have already → a spec: one module for each kind of source, one writer for all."""

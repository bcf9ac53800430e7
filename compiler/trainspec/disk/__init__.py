"""The doors to the disk and to git: what comes from a repository is read, and written, nowhere else."""

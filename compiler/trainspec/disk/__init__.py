"""The only access to the disk and to git: files of a repository are read and written nowhere else."""

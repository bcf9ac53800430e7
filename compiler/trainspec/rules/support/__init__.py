"""What several rules need: the registry, views of a job, and facts."""

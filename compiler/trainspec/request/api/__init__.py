"""What the CreateTrainingJob API itself accepts: its schema, derived from botocore, and the check against it."""

"""What the CreateTrainingJob API itself accepts: its schema, derived from botocore, and the check of a request against it."""

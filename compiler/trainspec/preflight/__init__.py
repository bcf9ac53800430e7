"""What an AWS account has to say of specs before they run: read-only calls, and what they show."""

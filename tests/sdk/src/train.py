"""What the jobs of this folder run; nothing is trained here."""

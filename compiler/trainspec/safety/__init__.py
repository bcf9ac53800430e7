"""What an untrusted file may cause, and what must not be shown of it. It imports nothing of the rest."""

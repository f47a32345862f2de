"""What the command `mentorship` can do, one file a subject."""

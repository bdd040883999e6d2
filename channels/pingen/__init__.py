"""Letters through Pingen."""

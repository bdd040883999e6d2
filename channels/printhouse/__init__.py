"""Letters through a print house that fetches them by SFTP."""

"""Collection agencies: claims and notices on their way out, by SFTP or signed HTTP, and what agencies report back."""

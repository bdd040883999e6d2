"""E-mail through a mail server, and the bounces that come back."""

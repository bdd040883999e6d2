"""Every figure that we publish is a command here."""

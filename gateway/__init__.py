"""What people and machines reach over HTTP: the invoice page, the pages of the staff, the outbox, health."""

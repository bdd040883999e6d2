"""Very many open invoices on one machine: begun, sent, and waiting for their due day."""

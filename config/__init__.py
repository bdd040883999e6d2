"""What people write: settings, merchants, invoices and stories, read with errors that their authors understand."""

"""The loop that carries an invoice, and the ways to reach it."""

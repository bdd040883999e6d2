"""The books: the only place that knows SQL."""

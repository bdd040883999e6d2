"""Faults: workers, vendors, databases and servers die on purpose, and afterwards the vendors' journals are counted."""

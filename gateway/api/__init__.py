"""The API for machines: JSON in, JSON out, what is wrong as ``application/problem+json``."""

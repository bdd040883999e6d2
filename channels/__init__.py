"""The ways out: one module each, with what it sends and what it can say about it afterwards."""

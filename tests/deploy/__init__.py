"""What is in deploy/ is what it says: by the real validators, and against our own settings, ports and names."""

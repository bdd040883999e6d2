"""The pure heart: what is known, what the law and the policy say, and what follows.

Nothing here reads a clock, a file, a database or a setting.
"""

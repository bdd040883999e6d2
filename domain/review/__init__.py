"""Law against policy, before the policy is used: what a merchant's wishes would meet in court, and where it says so.

At run time the law has the last word anyway (``domain/charges.py``, ``domain/steps.py``). This tells it beforehand.
"""

from domain.review.asking import review, review_all
from domain.review.finding import Finding, Severity, Where

__all__ = ["Finding", "Severity", "Where", "review", "review_all"]

"""What is wrong with an invoice, told without a word of what was written: reports are kept, and name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from config.problems import Problem

_QUOTED = re.compile(r'".*"', re.DOTALL)


def discreetly(problems: Iterable[Problem]) -> str:
    """The problems with their keys and cures. What they quote is left out, and so are files and lines.

    >>> discreetly([Problem("march.csv", 3, "customer_email", '"anna" is not an e-mail address', "write it anew")])
    'customer_email: … is not an e-mail address; write it anew'
    """
    return "; ".join(str(Problem("", None, one.key, _QUOTED.sub("…", one.problem), one.cure)) for one in problems)

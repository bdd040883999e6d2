"""Which telephone numbers an SMS can go to, as far as a numbering plan tells."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

NO_SMS = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)
"""Kinds of numbers that no pocket holds. Where a plan does not tell, the vendor is asked."""


def takes_sms(number: str) -> bool:
    """Whether an SMS to a number in E.164 form may arrive.

    >>> takes_sms("+46701740605"), takes_sms("+468123456"), takes_sms("+4670")
    (True, False, False)
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) not in NO_SMS

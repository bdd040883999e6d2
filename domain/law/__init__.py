"""The law of each country we serve, one literal a country."""

from domain.law.no import NORWAY
from domain.law.pack import CollectionLaw, Dated, Known, Law, ReminderLaw, Source, Value
from domain.law.se import SWEDEN

LAWS: dict[str, Law] = {law.country: law for law in (NORWAY, SWEDEN)}

__all__ = ["LAWS", "CollectionLaw", "Dated", "Known", "Law", "ReminderLaw", "Source", "Value"]

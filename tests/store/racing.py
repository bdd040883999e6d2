"""The two sides of the race, as processes of their own."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from temporalio.testing import ActivityEnvironment

from activities.email import EmailPacker
from activities.sending import Sending
from channels.outbox import Outbox
from domain.events import Paid
from domain.facts import Facts
from domain.policy import Channel
from domain.rules import decide
from domain.wire import SendOrder
from store.books import open_books
from templates.renderer import Renderer


def remind(url: str, outbox: Path, invoices: list[int], now: datetime, start: Barrier) -> None:
    """Sends each invoice its reminder, as the worker would."""
    books = open_books(url, migrate=False)
    sending = Sending(books, Outbox(outbox, Channel.EMAIL), EmailPacker(Renderer(), "http://localhost"))
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=now)
    jitter = random.Random(1)
    for invoice_id in invoices:
        case = books.cases.read(invoice_id)
        order = SendOrder(invoice_id, decide(case.facts, case.policy, case.law, now))
        start.wait()
        time.sleep(jitter.random() / 2000)
        environment.run(sending.send, order)


def pay(url: str, invoices: list[int], now: datetime, start: Barrier) -> None:
    """Books each invoice's payment, as a bank file would."""
    books = open_books(url, migrate=False)
    jitter = random.Random(2)
    for invoice_id in invoices:
        start.wait()
        time.sleep(jitter.random() / 2000)
        with books.cases.locked(invoice_id) as case:
            facts: Facts = case.facts
            case.add(Paid(at=now, amount=facts.amount, dated=now.date()))

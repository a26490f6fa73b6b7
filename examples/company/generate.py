"""Writes the facts of an invented sales branch: `python generate.py [FOLDER]`, the same bytes every time."""

import sys
from pathlib import Path

import care
import contacts
import trade
from accounts import plans, write_accounts
from book import Book
from cast import CAST
from people import write_people
from story import write_departures, write_story
from week import write_week


def build() -> Book:
    """All rows: the background of every account, then the story, then the week of the demo."""
    book = Book()
    accounts = plans(CAST)
    write_people(book)
    write_accounts(book, accounts)
    contacts.write_contact_persons(book, accounts)
    write_departures(book)
    contacts.write_interactions(book, accounts)
    contacts.write_appointments(book, accounts)
    trade.write_orders(book, accounts)
    trade.write_quotes(book, accounts)
    trade.write_subscriptions(book, accounts)
    trade.write_supply(book)
    care.write_promises(book, accounts)
    care.write_complaints(book, accounts)
    care.write_surveys(book, accounts)
    care.write_rivals_and_criteria(book, accounts)
    care.write_favours(book, accounts)
    care.write_hosting(book, accounts)
    care.write_alliances(book)
    by_id = {plan.id: plan for plan in accounts}
    write_story(book, by_id)
    write_week(book, by_id)
    return book


if __name__ == "__main__":
    build().write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "facts")

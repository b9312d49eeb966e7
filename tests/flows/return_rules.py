"""The plain model's rules: what must not pass the gate, by itself or beside what other returns say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from schemas.periods import Period, parse
from schemas.vocabulary.steps import RESTS, STEPS
from tests.flows import period_units
from tests.flows.gate_road import Book
from tests.flows.return_model import VOTES, Key, Return, Returns, Statement
from tests.warehouse import unit_model

GRASSROOTS = {"commune", "grassroots", "school"}
DISTRICTS = {"district", "bloc", "police", "equivalent"}
OWED_BY = {
    "branch-quarterly": {"branch"},
    "yearly-plan": {"branch"},
    "activities": GRASSROOTS | DISTRICTS,
    "rating": DISTRICTS | {"province"},
}


def faults(model: Returns, book: Book, received_on: date) -> set[str]:
    """Why a workbook must not count; nothing where nothing is wrong with it."""
    period = parse(book.period)
    codes, kinds = period_units.lived(model.units, book.unit, period)
    if book.code.casefold() not in {code.casefold() for code in codes}:
        return {"the unit did not live under that code"}
    if not kinds & OWED_BY[book.form]:
        return {"the unit owes none"}
    early = {"before it may come"} if received_on < _opens(book.form, period) else set()
    return {
        *early,
        *_of_people(model, book),
        *_of_votes(model, book),
        *_of_numbers(book),
        *_of_ratings(model, book),
    } | {*_beside_others(model, book)}


def removal_faults(model: Returns, of: Return) -> set[str]:
    """Why a return cannot be taken back."""
    after = model.counting(without=of)
    return {*_against_the_order(after), *_left_bare(model, of, after)}


def _opens(form: str, period: Period) -> date:
    match form:
        case "yearly-plan":
            return date(period.first.year - 1, 10, 1)
        case "rating":
            return date(period.first.year, 11, 1)
    return period.first


# In the workbook itself


def _of_people(model: Returns, book: Book) -> Iterable[str]:
    people = model.people_of(book, (book.unit, book.form, book.period))
    nominees, steps = book.rows.get("nominees", ()), book.rows.get("steps", ())
    if _repeats(people[row["identity"]] for row in nominees):
        yield "somebody is identified twice"
    if _repeats((people.get(row["identity"], row["identity"]), row["step"], row["on"]) for row in steps):
        yield "a step twice on a day"
    if any(not 15 <= row["on"].year - row["birth_date"].year <= 60 for row in nominees):
        yield "too young or too old"


def _of_votes(model: Returns, book: Book) -> Iterable[str]:
    for row in book.rows.get("steps", ()):
        votes = [row.get(key) for key in VOTES]
        if STEPS[row["step"]].votes and None in votes and (row["step"] == "voted" or votes != [None] * 4):
            yield "a vote with a number missing"
        elif None not in votes and not votes[2] + votes[3] <= votes[1] <= votes[0]:
            yield "more votes than people"
        if row.get("receiver"):
            receiver = model.bearer(row["receiver"], parse(book.period))
            if row["step"] != "transferred" or receiver in (None, book.unit):
                yield "nobody receives"


def _of_numbers(book: Book) -> Iterable[str]:
    period, rows = parse(book.period), book.rows
    if any(row["on"] > period.last for sheet in rows.values() for row in sheet if "on" in row):
        yield "after the period"
    measures = {row["measure"]: row["value"] for row in rows.get("membership", ())}
    if any(measure.startswith("members_") and value > measures["members"] for measure, value in measures.items()):
        yield "a part above the whole"
    if any((row["members"] or 0) > row["participants"] for row in rows.get("activities", ())):
        yield "more members than participants"
    if any(row["on"] < period.first for row in rows.get("schedule", ())):
        yield "before the year"
    if _repeats(row["milestone"] for row in rows.get("schedule", ())):
        yield "a milestone twice"


def _of_ratings(model: Returns, book: Book) -> Iterable[str]:
    rated = []
    for row in book.rows.get("ratings", ()):
        found = period_units.bearer(model.units, row["rated"], parse(book.period))
        if found is None:
            yield "nobody is rated"
            continue
        unit, day = found
        rated.append(unit)
        above = unit_model.tree(model.units, day)[unit][:-1]
        if book.unit not in above or unit_model.states(model.units, day)[unit].kind not in GRASSROOTS:
            yield "not a grassroots unit below"
    if _repeats(rated):
        yield "rated twice"


def _repeats(values: Iterable[Any]) -> bool:
    found = list(values)
    return len(set(found)) < len(found)


# Beside other returns


def _beside_others(model: Returns, book: Book) -> Iterable[str]:
    of = (book.unit, book.form, book.period)
    after = model.counting_with(book, of)
    yield from _against_the_order(after)
    yield from _left_bare(model, of, after)
    own = model.own(of)
    for key in model.says(book, of):
        if key[0] == "identified" and key not in own and _elsewhere(model, of, key[1]):
            yield "another unit's nominee"
        if (
            key[0] in STEPS
            and len(key) == 3
            and not _responsible(model, book.unit, after, key[1], key[2], parse(book.period))
        ):
            yield "another unit's to report"


def _against_the_order(counting: Mapping[Key, Statement]) -> Iterable[str]:
    """Steps of people whom nobody identified, or before what they rest on."""
    days: dict[tuple[Any, Any], list[date]] = defaultdict(list)
    for key, statement in counting.items():
        if key[0] in STEPS:
            days[key[1], key[0]].append(statement.says[1] if key[0] == "identified" else key[2])
    for (person, step), on in days.items():
        if (person, "identified") not in days:
            yield "nobody identified them"
        if any(min(days[person, before]) > min(on) for before in RESTS[step] if (person, before) in days):
            yield "before what it rests on"


def _left_bare(model: Returns, of: Return, after: Mapping[Key, Statement]) -> Iterable[str]:
    """Steps of other returns that had a step on which they rest directly, and have none any more."""
    before = model.counting()
    for key in model.counting(without=of):
        nearest = STEPS[key[0]].after if key[0] in STEPS else ()
        had, has = (any(k[0] in nearest and k[1] == key[1] for k in counting) for counting in (before, after))
        if had and not has:
            yield "a later step rests on it"


def _elsewhere(model: Returns, of: Return, person: int) -> bool:
    """Whether somebody is another unit's nominee whom this one may not take on, or not for this period."""
    by_others = [s for r, s in model.statements.get(("identified", person), {}).items() if r[0] != of[0]]
    if not by_others:
        return False
    *_, (_, _, unit) = _turns(model.counting(without=of), person)
    period = parse(of[2])
    return not _may_report(model, of[0], unit, period, period.last) or period.last <= max(
        statement.last for statement in by_others
    )


def _responsible(
    model: Returns, unit: str, after: Mapping[Key, Statement], person: int, on: date, period: Period
) -> bool:
    turns = [of for first, last, of in _turns(after, person) if first <= on <= last]
    return not turns or any(_may_report(model, unit, of, period, on) for of in turns)


def _may_report(model: Returns, unit: str, responsible: str | None, period: Period, on: date) -> bool:
    """A unit for itself or as an heir or from above; anybody, once there is neither the unit nor an heir."""
    return unit in period_units.acting_for(model.units, responsible, period) or (
        on >= period_units.without_heir(model.units, responsible)
    )


def _turns(counting: Mapping[Key, Statement], person: int) -> list[tuple[date, date, str | None]]:
    """Who is responsible for a person from when to when, both days included: a transfer hands them over."""
    if ("identified", person) not in counting:
        return []
    transfers = sorted((k[2], counting[k].says[-1]) for k in counting if k[0] == "transferred" and k[1] == person)
    units = [counting["identified", person].says[0], *(receiver for _, receiver in transfers)]
    days = [date.min, *(on for on, _ in transfers), date.max]
    return list(zip(days, days[1:], units, strict=False))

"""Which workbooks the sample has: on four forms, most of them good, some odd, some bad, some sent again later."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from random import Random
from uuid import UUID

from flows.sample.arrivals import QUARTERS, draw_arrivals
from flows.sample.branches import draw_branch, write_rows
from flows.sample.drafts import Draft
from flows.sample.flaws import FLAWS, UNKNOWN_UNIT, suits
from flows.sample.oddities import ODDITIES
from flows.sample.others import draw_others
from flows.sample.people import People
from flows.sample.revisions import revise
from flows.units.rows import UnitRow
from schemas.periods import Period

SEED = 2164

REVISIONS = 8

CORRECTED = ("impossible_date", "negative_count")
"""Flaws whose unit sends a good file on a later day."""


@dataclass(frozen=True)
class Planned:
    """A file before it is written: its draft, the flaw that it gets (or None), what is odd about it (or None)."""

    draft: Draft
    flaw: str | None = None
    oddity: str | None = None

    def content(self) -> bytes:
        """The file's bytes."""
        return FLAWS[self.flaw](self.draft) if self.flaw in FLAWS else self.draft.workbook()


def plan_sample(units: Sequence[UnitRow], unit_ids: Mapping[str, str], seed: int = SEED) -> list[Planned]:
    """The files of the sample by day of arrival; each flaw, oddity and revision has a unit of its own."""
    random = Random(f"{seed}:workbooks")
    drafts = list(_drafts(random, units, unit_ids))
    files = {(draft.period, draft.unit_code): Planned(draft) for draft in drafts}
    again: list[Planned] = []
    special = iter(_one_a_unit(random, filter(suits, drafts)))

    for flaw, draft in zip(FLAWS, special, strict=False):
        files[draft.period, draft.unit_code] = Planned(draft, flaw=flaw)
        if flaw in CORRECTED:
            again.append(Planned(_later(random, draft), oddity="correction"))
        elif draft.period == QUARTERS[0]:
            # Its nominees were never recorded, so nothing of the unit can follow in the next quarter.
            files.pop((QUARTERS[1], draft.unit_code), None)
    for oddity, draft in zip(ODDITIES, special, strict=False):
        files[draft.period, draft.unit_code] = Planned(ODDITIES[oddity](draft), oddity=oddity)
    stray = [Planned(_stray(random, draft), flaw=UNKNOWN_UNIT) for draft in islice(special, 1)]
    revised = (revise(draft, _later(random, draft).received_on, _used_later(files, draft)) for draft in special)
    again += islice((Planned(draft, oddity="revision") for draft in revised if draft), REVISIONS)
    branches = [unit for unit in units if unit.code in {draft.unit_code for draft in drafts}]
    others = [Planned(draft) for draft in draw_others(Random(f"{seed}:others"), units, unit_ids, branches)]
    return sorted(
        [*files.values(), *again, *stray, *others], key=lambda file: (file.draft.received_on, file.draft.unit_code)
    )


def _drafts(random: Random, units: Sequence[UnitRow], unit_ids: Mapping[str, str]) -> Iterator[Draft]:
    people = People()
    for unit, days in draw_arrivals(random, units).items():
        windows = {
            quarter.code: (quarter.first, min(day - timedelta(days=1), quarter.last)) for quarter, day in days.items()
        }
        branch = draw_branch(random, people, unit, windows)
        for quarter, day in days.items():
            rows = write_rows(random, branch, quarter, windows[quarter.code])
            yield Draft(unit_ids[unit.code], unit.code, unit.name, quarter, day, rows)


def _one_a_unit(random: Random, drafts: Iterable[Draft]) -> list[Draft]:
    shuffled = list(drafts)
    random.shuffle(shuffled)
    return list({draft.unit_code: draft for draft in shuffled}.values())


def _later(random: Random, draft: Draft) -> Draft:
    return replace(draft, received_on=draft.received_on + timedelta(days=random.randint(2, 6)))


def _stray(random: Random, draft: Draft) -> Draft:
    """The draft as if it came from a unit that nobody knows."""
    nobody = str(UUID(int=random.getrandbits(128), version=4))
    return replace(draft, unit_id=nobody, unit_code="83-9999-01", unit_name="Chi đoàn ấp 9")


def _used_later(files: Mapping[tuple[Period, str], Planned], draft: Draft) -> set[str]:
    """The people on whose steps a later quarter's workbook of the same unit builds."""
    following = files.get((QUARTERS[1], draft.unit_code))
    if draft.period == QUARTERS[1] or following is None:
        return set()
    return {cells["identity"] for cells in following.draft.rows["steps"]}

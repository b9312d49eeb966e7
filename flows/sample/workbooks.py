"""The sample's workbooks as files in a folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.sample.drafts import Draft
from flows.sample.plan import SEED, plan_sample
from flows.units.rows import UnitRow


@dataclass(frozen=True)
class Written:
    """A file of the sample and what is to be expected of it.

    `flaw` names why it must be found invalid (a key of FLAWS, or UNKNOWN_UNIT); None means that it must be valid.
    `oddity` names what is unusual about a good one: a key of ODDITIES, "revision" or "correction".
    """

    path: Path
    unit_code: str
    period: str
    received_on: date
    flaw: str | None
    oddity: str | None
    draft: Draft


def place(folder: Path, draft: Draft) -> Path:
    """Where a draft lies as a file."""
    return folder / draft.period.code / draft.received_on.isoformat() / f"{draft.unit_code}.xlsx"


def write_sample(
    folder: Path,
    units: Sequence[UnitRow],
    unit_ids: Mapping[str, str],
    seed: int = SEED,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Written]:
    """Write the sample to `folder`/<period>/<day of arrival>/<unit code>.xlsx and tell what is in it, by arrival.

    `unit_ids` maps unit codes to UUIDs. The same seed, units and ids give the same bytes. `progress` hears how many
    files are written and how many there will be. Nobody real is meant.
    """
    planned = plan_sample(units, unit_ids, seed)
    written = []
    for done, file in enumerate(planned, start=1):
        draft = file.draft
        path = place(folder, draft)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content())
        written.append(
            Written(path, draft.unit_code, draft.period.code, draft.received_on, file.flaw, file.oddity, draft)
        )
        progress(done, len(planned))
    return written

"""What stored rows state: many submissions' rows as one frame a sheet, read as the gate reads them, and made facts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import polars as pl
from sqlalchemy import Connection

from events import vault
from flows.replay.counted import Valid
from schemas.forms.family import FORMS
from schemas.forms.form import Form, Sheet
from schemas.forms.judging import raw
from schemas.forms.stating import Fact, Stating
from schemas.gate.frames import PLACE, parsed
from schemas.periods import Period, parse

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError)
"""What rows may be at fault for that are none of their form's, or name somebody whom the vault does not know."""


class Opening(NamedTuple):
    """What opens the vault for the replay: the matching key, and the keys of people and submissions."""

    matching: bytes
    store: vault.KeyStore


@dataclass(frozen=True)
class Rows:
    """The rows that are kept of some submissions, and what is known of each: its form, its return, its units."""

    connection: Connection
    opening: Opening
    valid: Mapping[str, Valid]
    names: Mapping[str, Mapping[str, str]]
    units: Mapping[str, Mapping[str, str]]
    kept: Mapping[str, Sequence[vault.Row]]

    def stated(self, submissions: Sequence[str]) -> dict[str, list[Fact]]:
        """What each submission states; nothing for one whose rows make no facts."""
        found: dict[str, list[Fact]] = {}
        by_form: dict[Form, list[str]] = defaultdict(list)
        for submission in submissions:
            of = self.valid[submission]
            if form := FORMS.get((of.key.form, of.form_version)):
                by_form[form].append(submission)
        for form, together in by_form.items():
            try:
                found |= self._facts(form, together)
            except _UNREADABLE:  # of which submission, shows one by one
                for submission in together:
                    with suppress(*_UNREADABLE):
                        found |= self._facts(form, [submission])
        return found

    def _facts(self, form: Form, submissions: Sequence[str]) -> dict[str, list[Fact]]:
        """What submissions on a form state; raises one of `_UNREADABLE` where rows of any make no facts."""
        periods = {submission: parse(self.valid[submission].key.period) for submission in submissions}
        own: dict[str, dict[str, _Rows]] = {
            submission: {sheet.key: _Rows() for sheet in form.sheets} for submission in submissions
        }
        for sheet in form.sheets:
            for row in self._read(sheet, periods).iter_rows(named=True):
                own[row["submission"]][sheet.key].append(row)
        subjects, commitments = self._people(form, own)
        return {
            submission: form.facts(
                Stating(
                    submission,
                    self.valid[submission].key.unit,
                    periods[submission],
                    subjects,
                    commitments.get(submission, {}),
                    self.units[submission],
                ),
                own[submission],
            )
            for submission in submissions
        }

    def _read(self, sheet: Sheet, periods: Mapping[str, Period]) -> pl.DataFrame:
        """The rows of a sheet as the gate reads them; without the text as it was written."""
        stored = {
            submission: [
                (row.row, content)
                for row in self.kept.get(submission, ())
                if row.sheet == sheet.key and (content := row.content) is not None
            ]
            for submission in periods
        }
        contents = pl.Series([content for rows in stored.values() for _, content in rows], dtype=pl.Binary)
        cells = contents.cast(pl.String).str.json_decode(pl.Struct({column.key: pl.String for column in sheet.read}))
        submissions = pl.DataFrame(
            [
                (submission, self.valid[submission].key.unit, of.last.year, of.first, of.last)
                for submission, of in periods.items()
            ],
            schema={name: kind for name, kind in PLACE.items() if name != "sheet_row"},
            orient="row",
        )
        each = [number for number, rows in enumerate(stored.values()) for _ in rows]
        numbers = pl.Series("sheet_row", [row for rows in stored.values() for row, _ in rows], PLACE["sheet_row"])
        written = cells.struct.unnest().rename({column.key: raw(column.key) for column in sheet.read})
        read = parsed(sheet, submissions[each].with_columns(numbers).hstack(written), self.names)
        return read.select("submission", "sheet_row", *(column.key for column in sheet.read))

    def _people(
        self, form: Form, own: Mapping[str, Mapping[str, "_Rows"]]
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Whose the identity numbers are, and by submission the commitment of each person's record as it says it."""
        columns = [
            (sheet.key, column.key) for sheet in form.sheets for column in sheet.read if column.kind == "identity"
        ]
        identities = {row[column] for sheets in own.values() for sheet, column in columns for row in sheets[sheet]}
        matches = {
            vault.match(self.opening.matching, identity.encode()): identity
            for identity in identities
            if identity is not None
        }
        known = vault.subjects(self.connection, matches)
        subjects = {matches[matched]: subject for matched, subject in known.items()}
        commitments: dict[str, dict[str, str]] = {}
        if form.identities is None:
            return subjects, commitments
        people = vault.readable_versions(self.connection, self.opening.store, set(subjects.values()))
        kept = {
            (subject, record.content): record.commitment.hex()
            for subject, records in people.items()
            for record in records
        }
        for submission, sheets in own.items():
            commitments[submission] = {}
            for row in sheets[form.identities]:
                subject = subjects[row["identity"]]
                person = vault.Person(row["identity"], row["name"], row["birth_date"].isoformat())
                if found := kept.get((subject, vault.person_content(person))):
                    commitments[submission][subject] = found
        return subjects, commitments


class _Rows(list[dict[str, Any]]):
    """Rows by the names of their columns, as a frame gives them."""

    def iter_rows(self, *, named: Literal[True]) -> Iterator[dict[str, Any]]:
        return iter(self)

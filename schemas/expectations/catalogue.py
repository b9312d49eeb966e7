"""Every expectation about the warehouse, in the order in which the evidence shows them."""

from schemas.expectations import of_facts as facts
from schemas.expectations import of_records as records
from schemas.expectations.expectation import Expectation

EXPECTATIONS: tuple[Expectation, ...] = (
    *facts.NOMINEES,
    *facts.STEPS_TAKEN,
    *facts.MEMBERSHIP,
    *facts.ACTIVITIES,
    *facts.TARGETS,
    *facts.SCHEDULES,
    *facts.RATINGS,
    *records.VERSIONS,
    *records.UNITS,
    *records.SUBMISSIONS,
    *records.FINDINGS,
    *records.REPORTS,
    *records.LOG,
    *records.FIGURES,
)

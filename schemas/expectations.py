"""Every expectation about the warehouse, in the order in which the evidence shows them."""

from schemas import expectations_of_facts as facts
from schemas import expectations_of_records as records
from schemas.expectation import Expectation

EXPECTATIONS: tuple[Expectation, ...] = (
    *facts.NOMINEES,
    *facts.STEPS_TAKEN,
    *facts.MEMBERSHIP,
    *facts.ACTIVITIES,
    *facts.TARGETS,
    *records.VERSIONS,
    *records.UNITS,
    *records.SUBMISSIONS,
    *records.FINDINGS,
    *records.REPORTS,
    *records.LOG,
    *records.FIGURES,
)

"""The checkpoint in Great Expectations' own terms. Importing this module takes seconds: import it where it is used."""

import re
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import great_expectations as gx
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.interfaces import GxDatasourceWarning
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.metadata_types import FailureSeverity
from sqlalchemy import URL, Engine

from events.errors import TransientError
from schemas.expectations.expectation import Expectation

_SITE = "evidence"


def run(
    engine: Engine,
    name: str,
    tables: Mapping[str, str],
    batches: Mapping[str, str],
    expectations: Sequence[Expectation],
    folder: Path,
) -> dict[str, int]:
    """Run the expectations and write Data Docs to `folder`: code to rows that break it.

    Both mappings are name to query: each expectation is about the rows of its batch, and looks up others in `tables`.

    Raises TransientError `quality_unfinished` if one of them could not be run.
    """
    context = gx.get_context(mode="ephemeral", project_config=_config(folder))
    # GX reads a dollar sign as the start of a variable.
    url = _url(engine).render_as_string(hide_password=False).replace("$", r"\$")
    with warnings.catch_warnings():
        # The more specific source that it recommends refuses the URL of a socket.
        warnings.simplefilter("ignore", GxDatasourceWarning)
        source = context.data_sources.add_sql("warehouse", connection_string=url)
    by_table = defaultdict(list)
    for expectation in expectations:
        by_table[expectation.table].append(expectation)
    definitions = []
    for table, declared in by_table.items():
        suite = gx.ExpectationSuite(table, expectations=[_as_gx(expectation, tables) for expectation in declared])
        batch = source.add_query_asset(table, query=batches[table]).add_batch_definition_whole_table("as of")
        definition = gx.ValidationDefinition(name=table, data=batch, suite=context.suites.add(suite))
        definitions.append(context.validation_definitions.add(definition))
    checkpoint = gx.Checkpoint(
        name="quality",
        validation_definitions=definitions,
        result_format="BASIC",
    )
    try:
        found = context.checkpoints.add(checkpoint).run(run_id=RunIdentifier(run_name=name))
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()
    context.build_data_docs()
    return {
        _code(result): _count(result) for suite_result in found.run_results.values() for result in suite_result.results
    }


def _url(engine: Engine) -> URL:
    """The database, with what lets GX's own sessions find the tables where ours do."""
    with engine.connect() as connection:
        path = connection.exec_driver_sql("show search_path").scalar_one().replace(" ", "")
    given = engine.url.query.get("options", "")
    return engine.url.update_query_dict({"options": f"{given} -c search_path={path}".strip()})


def _as_gx(expectation: Expectation, tables: Mapping[str, str]) -> UnexpectedRowsExpectation:
    # GX reads braces as places to fill, and gives the batch a second alias unless it finds a join.
    used = ["joined as (select from (select) as one cross join (select) as other)"] + [
        f"{table} as ({query.replace('{', '{{').replace('}', '}}')})"
        for table, query in tables.items()
        if re.search(rf"\b{table}\b", expectation.broken)
    ]
    scope = "with " + ",\n".join(used)
    return UnexpectedRowsExpectation(
        unexpected_rows_query=f"{scope}\n{expectation.broken}",
        description=f"{expectation.title.vi} / {expectation.title.en}",
        severity=FailureSeverity.CRITICAL if expectation.severity == "error" else FailureSeverity.WARNING,
        meta={"code": expectation.code},
    )


def _code(result: ExpectationValidationResult) -> str:
    assert result.expectation_config is not None
    return str(result.expectation_config.meta["code"])


def _count(result: ExpectationValidationResult) -> int:
    if "observed_value" not in result.result:
        raise TransientError("quality_unfinished", expectation=_code(result))
    return int(result.result["observed_value"])


def _config(folder: Path) -> DataContextConfig:
    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites={
            _SITE: {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
                "site_section_builders": {"expectations": "none", "profiling": "none"},
            }
        },
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )

"""The pipeline: from a folder of workbooks to the reports of a period.

The steps are plain functions of other modules; here is their order, what is tried again, and what Prefect keeps of it:
paths of folders, codes, positions and counts. `flows.prefect_home.start` comes before importing this.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from prefect.artifacts import create_markdown_artifact

from events.errors import UsageError
from flows import inbox as folders
from flows import quality, validation, yearly_list
from flows.calendar import today
from flows.closing import close
from flows.conduct import conducted, context, step
from flows.documents import DOCUMENTS, write_document
from flows.intake import Incoming
from flows.intake import receive_readable as receive
from flows.progress import tell
from flows.schedule import PeriodKind, Scheduled
from flows.scheduled import closed_periods, first_period, scheduled_day
from schemas.periods import ended, parse
from warehouse import hierarchy, project

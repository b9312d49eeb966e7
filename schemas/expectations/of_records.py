"""What must hold of units, of submissions and their findings, of the versions of facts, and of compiled reports."""

from schemas.expectations.expectation import error, one_per, outside, rows, warning, without
from schemas.findings import RETIRED, SEVERITY
from schemas.vocabulary.terms import UNIT_KIND

VERSIONS = (
    error(
        "version.interval",
        "Mỗi phiên bản hết hiệu lực sau khi có hiệu lực",
        "A version counts no more after it began to count",
        rows("position_to < position"),
    ),
)

UNITS = (
    error(
        "unit_change.kind",
        "Loại đơn vị thuộc danh mục",
        "The kind of unit is one of the list",
        outside("kind", UNIT_KIND.terms),
    ),
    error(
        "unit_change.in_tree",
        "Mọi đơn vị đang hoạt động cuối kỳ đều có trong cây đơn vị",
        "Every unit alive on the last day of the period stands in the tree",
        "select 1 from (select distinct on (unit) unit, alive from {batch} as this"
        " where alive is not null and on_date <= (select last from checked_period)"
        " order by unit, on_date desc, position desc"
        ") as latest where alive and not exists (select 1 from tree where tree.unit = latest.unit::text)",
    ),
    error(
        "tree.code",
        "Không có hai đơn vị cùng mã vào ngày cuối kỳ",
        "No two units bear the same code on the last day of the period",
        one_per("upper(code)"),
    ),
    error(
        "tree.level",
        "Cấp của đơn vị thấp hơn cấp của đơn vị cấp trên",
        "A unit's level is below that of its superior",
        "select 1 from {batch} as this join tree as above on above.unit = this.parent where above.level >= this.level",
    ),
)

SUBMISSIONS = (
    warning(
        "submission.decided",
        "Mọi báo cáo của kỳ đã được kiểm tra",
        "Every submission for the period was decided",
        rows("decided_position is null and (period is null or period in (select unnest(codes) from checked_period))"),
    ),
    error(
        "submission.unit",
        "Báo cáo đạt có đơn vị, biểu mẫu và kỳ",
        "A submission that was found valid has a unit, a form and a period",
        rows("valid and num_nulls(unit, form, period) > 0"),
    ),
    error(
        "submission.order",
        "Báo cáo được kiểm tra sau khi nhận",
        "A submission is decided after it was received",
        rows("decided_position <= position"),
    ),
    error(
        "submission.revises",
        "Báo cáo sửa đổi thay cho báo cáo đã đạt của cùng đơn vị, biểu mẫu và kỳ",
        "A revision follows a valid submission of the same unit, form and period",
        without(
            "submission",
            "other.submission = this.previous and other.valid"
            " and other.unit = this.unit and other.form = this.form and other.period = this.period",
            "previous is not null",
        ),
    ),
    error(
        "submission.revised_once",
        "Mỗi báo cáo chỉ được thay bằng một báo cáo sửa đổi",
        "A submission is followed by one revision",
        "select 1 from {batch} as this where previous is not null group by previous having count(*) > 1",
    ),
    error(
        "submission.reason",
        "Báo cáo không đạt có nêu lỗi",
        "A submission that was found invalid has an error to show",
        without("finding", "other.submission = this.submission and severity = 'error'", "valid = false"),
    ),
    error(
        "submission.counts_valid",
        "Chỉ báo cáo đạt mới được tính",
        "Only a submission that was found valid counts",
        rows("counts and valid is not true"),
    ),
    error(
        "submission.counts_once",
        "Mỗi đơn vị, biểu mẫu và kỳ chỉ có một báo cáo được tính",
        "One submission counts for a unit, a form and a period",
        "select 1 from {batch} as this where counts group by unit, form, period having count(*) > 1",
    ),
)

FINDINGS = (
    error(
        "finding.submission",
        "Lỗi thuộc về một báo cáo đã được kiểm tra",
        "A finding belongs to a submission that was decided",
        without("submission", "other.submission = this.submission and valid is not null"),
    ),
    error(
        "finding.severity",
        "Báo cáo đạt chỉ có cảnh báo",
        "A submission that was found valid has warnings only",
        "select 1 from {batch} as this join submission using (submission) where valid and severity <> 'warning'",
    ),
    error(
        "finding.code",
        "Mã lỗi thuộc danh mục",
        "The code of a finding is one of the registry",
        outside("code", (*SEVERITY, *RETIRED)),
    ),
)

REPORTS = (
    error(
        "report.same",
        "Báo cáo lập lại tại cùng vị trí có cùng nội dung",
        "A report compiled again at the same position has the same content",
        "select 1 from {batch} as this group by unit, period, as_of, tree_on, code_version"
        " having count(distinct content_hash) > 1",
    ),
)

LOG = (
    error(
        "logged.projected",
        "Mỗi sự kiện của nhật ký có một dòng trong kho dữ liệu, và ngược lại",
        "Every event of the log has a row in the warehouse, and every row an event",
        rows("not (recorded and projected)"),
    ),
    error(
        "digest.same",
        "Chiếu lại các sự kiện mới nhất cho đúng nội dung đang có trong kho dữ liệu",
        "The newest events projected again give what the warehouse holds",
        rows("live <> anew"),
    ),
)

FIGURES = (
    error(
        "figure.sum",
        "Số liệu của mỗi đơn vị bằng phần tự báo cáo cộng các đơn vị trực thuộc và phần không phân định được",
        "A unit's figure equals what it stated itself plus the units under it and what is undecidable among them",
        rows("value <> own + below"),
    ),
    error(
        "total.shown",
        "Mọi dữ kiện của kỳ đều có trong số liệu của cấp cao nhất",
        "Every fact of the period is in the figures at the top",
        rows("value <> shown"),
    ),
    error(
        "issued.recounted",
        "Số liệu đã phát hành của mỗi quý bằng số tính lại tại vị trí đã chốt",
        "A quarter's figure as it was issued equals what is counted again as of the position that it was issued from",
        rows("issued <> recounted"),
    ),
)

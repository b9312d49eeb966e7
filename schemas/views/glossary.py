"""What the columns of the warehouse and of the views for analysts mean; the data dictionary is made of it.

A column means the same wherever its name stands; where it does not, it has an entry as `table.column`.
"""

from schemas.vocabulary.terms import Text

COLUMNS: dict[str, Text] = {
    "accepted": Text("Được chấp nhận; trống khi chưa quyết định.", "Whether it was accepted; empty until decided."),
    "activity": Text("Loại hoạt động.", "Kind of activity."),
    "age_group": Text("Nhóm tuổi khi được phát hiện nguồn.", "Age group on being identified."),
    "alive": Text(
        "Đúng: đơn vị bắt đầu hoặc hoạt động lại; sai: đơn vị kết thúc; trống: không đổi.",
        "True: the unit begins or lives again; false: it ends; empty: neither.",
    ),
    "as_of": Text(
        "Vị trí nhật ký mà số liệu được tính đến.", "Log position up to which was known what the figures say."
    ),
    "birth_year": Text("Năm sinh.", "Year of birth."),
    "bytes": Text("Kích thước tệp, tính bằng byte.", "Size of the file in bytes."),
    "cell": Text("Địa chỉ ô, không bao giờ là giá trị.", "Address of the cell, never its value."),
    "closed_at": Text("Thời điểm chốt kỳ (UTC).", "When the period was closed (UTC)."),
    "code": Text(
        "Mã của đơn vị; mã được dùng lại nên riêng mã không xác định đơn vị.",
        "Code of the unit; codes are reused, so a code alone identifies nothing.",
    ),
    "code_version": Text("Phiên bản phần mềm đã lập báo cáo.", "Version of the software that compiled the report."),
    "column_key": Text("Cột của biểu mẫu.", "Column of the form."),
    "commitment": Text(
        "Cam kết (SHA-256 có muối) với bản ghi trong kho kín.",
        "Salted commitment (SHA-256) to the record in the vault.",
    ),
    "compiled_at": Text("Thời điểm lập báo cáo (UTC).", "When the report was compiled (UTC)."),
    "content": Text(
        "Nội dung báo cáo, JSON chuẩn tắc, không có dữ liệu cá nhân.",
        "Content of the report, canonical JSON without personal data.",
    ),
    "content_hash": Text("SHA-256 của nội dung báo cáo.", "SHA-256 of the report's content."),
    "days_late": Text("Số ngày nộp sau hạn; 0 là đúng hạn.", "Days handed in after the due day; 0 is in time."),
    "decided_at": Text("Thời điểm quyết định (UTC).", "When it was decided (UTC)."),
    "decided_position": Text("Vị trí nhật ký của quyết định.", "Log position of the decision."),
    "depth": Text("Số bậc tính từ gốc cây; gốc là 0.", "Steps from the root of the tree, which is 0."),
    "document": Text("Số văn bản.", "Number of the document."),
    "due": Text("Ngày cuối cùng để nộp đúng hạn.", "Last day on which handing in is in time."),
    "ended_on": Text("Ngày đầu tiên đơn vị không còn.", "First day on which the unit is no more."),
    "errors": Text("Số lỗi trong tệp.", "Number of errors in the workbook."),
    "established_on": Text("Ngày đơn vị bắt đầu lần đầu.", "Day on which the unit first began."),
    "ethnic_minority": Text("Là người dân tộc thiểu số.", "Whether of an ethnic minority."),
    "expectation": Text("Mã của phép kiểm tra.", "Code of the check."),
    "figure": Text("Mã chỉ tiêu báo cáo, như trong nguon trace.", "Code of the indicator, as nguon trace takes it."),
    "finding.code": Text("Mã lỗi hoặc cảnh báo.", "Code of the problem."),
    "finding.number": Text("Số thứ tự trong tệp, từ 1.", "Number within the workbook, from 1."),
    "form": Text("Biểu mẫu đã dùng.", "Form that was used."),
    "identified_on": Text("Ngày phát hiện nguồn.", "Day on which the nominee was identified."),
    "in_time": Text("Nộp đúng hạn.", "Whether it was handed in by the due day."),
    "is_latest": Text(
        "Báo cáo mới nhất của đơn vị cho kỳ đó.", "Whether the report is the newest of its unit and period."
    ),
    "kind": Text("Loại đơn vị.", "Kind of unit."),
    "latest_on": Text("Ngày của bước gần nhất.", "Day of the latest step."),
    "latest_step": Text("Bước gần nhất đã báo cáo.", "The latest step reported."),
    "level": Text("Cấp: 1 là tỉnh, 4 là chi đoàn.", "Level: 1 is the province, 4 the branch."),
    "living": Text("Đơn vị đang hoạt động hôm nay.", "Whether the unit lives today."),
    "measure": Text("Số liệu nào.", "What was counted."),
    "members": Text("Trong số đó là đoàn viên.", "Of these, members of the Union."),
    "met": Text("Đạt phép kiểm tra.", "Whether the check was met."),
    "name": Text("Tên đơn vị.", "Name of the unit."),
    "number": Text("Số thứ tự trong lần kiểm tra, từ 1.", "Number within the run of checks, from 1."),
    "on_date": Text("Ngày sự việc diễn ra hoặc có hiệu lực.", "Day on which it happened or takes effect."),
    "parent": Text("Đơn vị cấp trên trực tiếp; trống ở gốc.", "The unit directly above; empty at the root."),
    "participants": Text("Số người tham dự.", "Number of people who took part."),
    "passed": Text("Đạt mọi phép kiểm tra bắt buộc.", "Whether every check of severity error was met."),
    "path": Text(
        "Mã các đơn vị từ gốc đến đơn vị này, cách nhau bằng dấu gạch chéo; trống khi đơn vị không có trong cây.",
        "Codes of the units from the root to this one, parted by slashes; empty where it is not in the tree.",
    ),
    "period": Text("Kỳ báo cáo, như 2026Q1.", "Reporting period, such as 2026Q1."),
    "position": Text("Vị trí nhật ký của sự kiện đã tạo ra dòng này.", "Log position of the event that made this row."),
    "position_to": Text(
        "Vị trí nhật ký của sự kiện thay thế dòng này; trống khi còn hiệu lực.",
        "Log position of the event that superseded this row; empty while it stands.",
    ),
    "present": Text("Số người có mặt.", "Number of voters present."),
    "previous": Text(
        "Lần nộp được chấp nhận trước đó mà lần này sửa.", "The accepted submission that this one revises."
    ),
    "projection": Text("Tên của phép chiếu.", "Name of the projection."),
    "checkpoint.position": Text("Vị trí nhật ký đã chiếu đến.", "The last log position that it holds."),
    "received_at": Text("Thời điểm hệ thống nhận tệp (UTC).", "When the system took the file in (UTC)."),
    "received_on": Text("Ngày đơn vị nộp.", "Day on which the unit handed it in."),
    "report": Text(
        "Vị trí nhật ký của việc lập báo cáo; xác định báo cáo.",
        "Log position at which the report was compiled; identifies the report.",
    ),
    "reports": Text("Số báo cáo đã lập.", "Number of reports compiled."),
    "results": Text("Kết quả từng phép kiểm tra, JSON.", "The result of each check, as JSON."),
    "revision": Text(
        "Thứ tự trong các lần được chấp nhận của đơn vị và kỳ; 1 là lần đầu.",
        "Number among the accepted submissions of the unit and period; 1 is the first.",
    ),
    "row": Text("Dòng trong trang tính.", "Row of the sheet."),
    "rows": Text("Số dòng đã điền.", "Number of filled rows."),
    "severity": Text("Mức độ.", "Severity."),
    "sex": Text("Giới tính.", "Sex."),
    "share_for": Text("Phần trăm phiếu tán thành trên tổng số.", "Votes for as a percentage of all who may vote."),
    "sheet": Text("Trang của biểu mẫu.", "Sheet of the form."),
    "size": Text("Kích thước tệp, tính bằng byte.", "Size of the file in bytes."),
    "source_group": Text("Nhóm nguồn.", "Source group."),
    "stands": Text(
        "Lần được chấp nhận mới nhất của đơn vị và kỳ: số liệu của nó được tính.",
        "Whether it is the newest accepted one of its unit and period: what counts.",
    ),
    "step": Text("Bước trong quy trình.", "Step on the way of a nomination."),
    "subject": Text(
        "Mã ngẫu nhiên của một người; không nói gì về người đó.", "Random id of a person; says nothing about them."
    ),
    "submission": Text("Lần nộp.", "The submission."),
    "successor": Text("Đơn vị kế thừa.", "The unit that follows."),
    "table_name": Text("Bảng được kiểm tra.", "The table that was checked."),
    "target": Text("Chỉ tiêu nào.", "Which target."),
    "total": Text("Tổng số người có quyền biểu quyết.", "Number of all who may vote."),
    "tree_on": Text("Ngày của cây đơn vị trong báo cáo.", "Day of the tree that the report stands on."),
    "unexpected": Text("Số dòng không đạt.", "Number of rows that broke it."),
    "unit": Text("Mã định danh cố định của đơn vị.", "Lasting id of the unit."),
    "unit_code": Text("Mã đơn vị như in trong báo cáo.", "Code of the unit as the report prints it."),
    "valid_from": Text("Ngày đầu tiên mà dòng này đúng.", "First day on which this row holds."),
    "valid_until": Text(
        "Ngày đầu tiên mà dòng này không còn đúng; trống khi chưa biết.",
        "First day on which this row no longer holds; empty while none is known.",
    ),
    "value": Text("Giá trị.", "The number."),
    "report_figure.value": Text(
        "Giá trị; tỷ lệ tính bằng phần trăm; trống khi không tính được.",
        "The figure; rates in percent; empty where it could not be computed.",
    ),
    "verdict": Text("Kết quả xử lý.", "What was decided."),
    "votes_against": Text("Số phiếu không tán thành.", "Votes against."),
    "votes_for": Text("Số phiếu tán thành.", "Votes for."),
    "warnings": Text("Số cảnh báo trong tệp.", "Number of warnings in the workbook."),
    "year": Text("Năm.", "Year."),
}

TABLES: dict[str, str] = {
    "activity": "Mỗi dòng là một phiên bản của một hoạt động mà đơn vị báo cáo.",
    "checkpoint": "Mỗi dòng là một phép chiếu: vị trí nhật ký cuối cùng mà nó đã giữ.",
    "closing": "Mỗi dòng là một lần chốt kỳ cho một đơn vị và mọi đơn vị dưới nó.",
    "content": "Mỗi dòng là nội dung một báo cáo, theo SHA-256 của nó.",
    "finding": "Mỗi dòng là một lỗi hay cảnh báo trong tệp: điều gì và ở đâu, không bao giờ là giá trị.",
    "membership": "Mỗi dòng là một phiên bản của một số liệu mà đơn vị báo cáo cho một kỳ.",
    "nominee": "Mỗi dòng là một phiên bản dữ kiện mã hóa của một người được giới thiệu.",
    "quality": "Mỗi dòng là một lần kiểm tra chất lượng.",
    "report": "Mỗi dòng là một báo cáo đã lập cho một đơn vị và một kỳ.",
    "step": "Mỗi dòng là một phiên bản của một bước mà một người đã qua; phát hiện nguồn là bước đầu.",
    "submission": "Mỗi dòng là một lần nộp: đến khi nào, cho kỳ nào, quyết định ra sao.",
    "succession": "Mỗi dòng là một đơn vị đã kết thúc và một đơn vị kế thừa nó.",
    "target": "Mỗi dòng là một phiên bản của một chỉ tiêu năm của đơn vị.",
    "unit_change": "Mỗi dòng là một sự kiện về đơn vị; cột trống là không đổi.",
}
"""What each table holds, in Vietnamese; in English its own comment says it."""

EVENTS: dict[str, str] = {
    "ActivityHeld": "Đơn vị tổ chức một hoạt động.",
    "FactRetracted": "Một dữ kiện đã báo cáo nhầm và được rút lại.",
    "HoldPlaced": "Ghi nhận nghĩa vụ phải giữ dữ liệu của một người.",
    "HoldReleased": "Nghĩa vụ giữ dữ liệu chấm dứt.",
    "MembershipCounted": "Một số liệu vào ngày cuối kỳ.",
    "PeriodClosed": "Mọi báo cáo của một đơn vị và các đơn vị dưới nó đã lập xong.",
    "PersonalDataAccessed": "Có người đọc dữ liệu của một cá nhân.",
    "QualityChecked": "Kho dữ liệu được kiểm tra tại một vị trí nhật ký.",
    "ReportCompiled": "Một báo cáo được lập.",
    "SubjectErased": "Dữ liệu của một người đã bị xóa.",
    "SubmissionFoundValid": "Một tệp đạt.",
    "SubmissionReceived": "Một tệp đến.",
    "SubmissionFoundInvalid": "Một tệp có lỗi; không gì trong đó được tính.",
    "SubmissionSetAside": "Một tệp đang chờ được gác lại; không gì trong đó được tính.",
    "TargetSet": "Một chỉ tiêu của đơn vị cho cả năm.",
    "UnitDissolved": "Đơn vị giải thể.",
    "UnitDivided": "Đơn vị kết thúc và nhiều đơn vị kế thừa.",
    "UnitEstablished": "Đơn vị được thành lập.",
    "UnitMerged": "Đơn vị kết thúc và nhập vào đơn vị khác.",
    "UnitMoved": "Đơn vị chuyển sang cấp trên khác.",
    "UnitReclassified": "Đơn vị đổi loại hoặc cấp.",
    "UnitRecoded": "Đơn vị đổi mã.",
    "UnitRenamed": "Đơn vị đổi tên.",
    "UnitRevived": "Đơn vị đã kết thúc hoạt động lại.",
}
"""What each type of event says, in Vietnamese, where it is no step of a nomination; in English its class says it."""


def meaning(table: str, column: str) -> Text:
    """What a column means. Raises KeyError for one that nobody has explained."""
    return COLUMNS.get(f"{table}.{column}") or COLUMNS[column]

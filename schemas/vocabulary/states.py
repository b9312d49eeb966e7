"""The states of a submission and how it stands with a return, as people read them."""

from schemas.vocabulary.terms import Text, Vocabulary

SUBMISSION_STATE = Vocabulary(
    "submission_state",
    Text("Trạng thái", "State"),
    {
        "received": Text("Đã nhận, chờ kiểm tra", "Received, to be checked"),
        "invalid": Text("Có lỗi", "Invalid"),
        "set_aside": Text("Gác lại", "Set aside"),
        "valid": Text("Đạt", "Valid"),
        "submitted": Text("Đã trình cấp trên", "Submitted to the level above"),
        "returned": Text("Cấp trên trả lại", "Returned by the level above"),
        "accepted": Text("Cấp trên đã duyệt", "Accepted by the level above"),
        "superseded": Text("Đã có bản thay thế", "Superseded by a revision"),
        "withdrawn": Text("Đã rút lại", "Withdrawn"),
    },
)

RETURN_STATE = Vocabulary(
    "return_state",
    Text("Tình trạng báo cáo", "Return"),
    {
        "on_time": Text("Đúng hạn", "On time"),
        "late": Text("Nộp muộn", "Late"),
        "waiting": Text("Chờ kiểm tra hoặc chờ duyệt", "Waiting"),
        "invalid": Text("Có lỗi, cần sửa", "Invalid, to be corrected"),
        "returned": Text("Bị trả lại, cần sửa", "Returned, to be corrected"),
        "withdrawn": Text("Đã rút lại", "Withdrawn"),
        "missing": Text("Chưa nộp", "Missing"),
    },
)
"""Of a return that counts whether it came in time; of one that does not, what it waits for."""

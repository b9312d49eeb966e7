"""Why a person's data is erased or must be kept, or a submission is set aside: codes for the log, titles for people."""

from schemas.vocabulary.terms import Text, Vocabulary

ERASURE = Vocabulary(
    "erasure_reason",
    Text("Lý do xóa", "Reason to erase"),
    {
        "request_of_the_person": Text("Người đó yêu cầu xóa", "The person asked for it"),
        "consent_withdrawn": Text("Người đó rút lại sự đồng ý", "The person withdrew consent"),
        "retention_ended": Text("Hết thời hạn lưu giữ", "The time to keep it is over"),
        "recorded_in_error": Text("Ghi nhận nhầm", "It was recorded in error"),
        "order_of_authority": Text("Theo lệnh của cơ quan có thẩm quyền", "An authority ordered it"),
    },
)
"""Law 91/2025/QH15 on personal data."""

LIFTED = Vocabulary(
    "lifting_reason",
    Text("Lý do cho báo cáo lại", "Reason to allow reports again"),
    {
        "consent_given": Text("Người đó đồng ý cho xử lý dữ liệu", "The person consents again"),
        "erased_in_error": Text("Xóa nhầm người", "The wrong person was erased"),
        "legal_duty": Text("Pháp luật buộc phải báo cáo", "The law demands that they are reported"),
    },
)
"""Why somebody who was erased may be reported again."""

HOLD = Vocabulary(
    "hold_reason",
    Text("Lý do giữ lại", "Reason to keep"),
    {
        "legal_duty": Text("Pháp luật buộc phải lưu giữ", "The law demands that it is kept"),
        "inspection": Text("Đang kiểm tra, giám sát", "An inspection is going on"),
        "complaint": Text("Đang giải quyết khiếu nại, tố cáo", "A complaint is being settled"),
        "proceedings": Text("Đang trong tố tụng", "Proceedings are going on"),
    },
)

QUARANTINE = Vocabulary(
    "quarantine_reason",
    Text("Lý do cách ly", "Reason to quarantine"),
    {
        "damaged": Text("Bị hỏng", "It is damaged"),
        "forged": Text("Bị ghi vào trái phép", "Somebody put it there who may not"),
        "of_other_software": Text("Do phần mềm khác ghi", "Other software wrote it"),
    },
)

SET_ASIDE = Vocabulary(
    "set_aside_reason",
    Text("Lý do gác lại", "Reason to set aside"),
    {
        "in_the_way": Text("Làm việc kiểm tra không tiến hành được", "It keeps the checks from going on"),
        "not_a_return": Text("Không phải báo cáo", "It is no return"),
        "sent_in_error": Text("Gửi nhầm", "It was sent in error"),
        "asked_by_unit": Text("Đơn vị đề nghị", "The unit asked for it"),
    },
)

RETURNED = Vocabulary(
    "return_reason",
    Text("Lý do trả lại", "Reason to return"),
    {
        "incomplete": Text("Báo cáo thiếu", "Something is missing"),
        "implausible": Text("Số liệu chưa hợp lý", "Figures are not plausible"),
        "not_documented": Text("Chưa có văn bản kèm theo", "It is not documented"),
        "not_agreed": Text("Chưa thống nhất với cấp trên", "It was not agreed with the level above"),
        "asked_by_unit": Text("Đơn vị đề nghị để sửa", "The unit asked for it, to correct it"),
    },
)
"""Why the level above gives a return back to be put right."""

WITHDRAWN = Vocabulary(
    "withdrawal_reason",
    Text("Lý do rút lại", "Reason to withdraw"),
    {
        "sent_in_error": Text("Gửi nhầm", "It was sent in error"),
        "not_owed": Text("Không thuộc diện phải báo cáo", "It is not owed"),
        "to_be_replaced": Text("Sẽ gửi báo cáo khác", "Another one will be sent"),
    },
)
"""Why a unit takes its return back."""

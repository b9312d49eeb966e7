"""The policy that says when a valid return counts."""

from schemas.vocabulary.terms import Text, Vocabulary

REVIEW = "review"
AT_ONCE, WHEN_ACCEPTED = "at_once", "when_accepted"

REVIEWS = Vocabulary(
    REVIEW,
    Text("Khi nào báo cáo đạt được tính", "When a valid return counts"),
    {
        AT_ONCE: Text("Ngay khi đạt", "As soon as it is valid"),
        WHEN_ACCEPTED: Text("Khi cấp trên duyệt", "When the level above accepts it"),
    },
)
"""Without a value laid down, returns count at once, so that nobody is held up."""

"""The cell formats of a workbook: Times New Roman throughout, numbers grouped in the reader's way."""

from typing import Any

from schemas.messages.translation import Language

FONT = "Times New Roman"
BASE_FONT = {"font_name": FONT, "font_size": 11}
"""The workbook's normal font: column widths are counted in its digits."""
INK, RULE, SHADE, TOTAL_SHADE = "#1f2937", "#94a3b8", "#dbe7f5", "#eef3fa"
_LOCALE = {"vi": "[$-42A]", "en": "[$-409]"}


class Styles:
    """Formats of one workbook by what they are for; `number` and `name` make theirs on demand, once each."""

    def __init__(self, workbook: Any, language: Language) -> None:
        self._workbook = workbook
        self._locale = _LOCALE[language]
        self._made: dict[tuple[object, ...], Any] = {}
        self.title = self._format(bold=True, font_size=14, text_wrap=False)
        self.subtitle = self._format(font_size=12, text_wrap=False)
        self.note = self._format(italic=True, font_size=10, font_color="#475569", text_wrap=False)
        self.warning = self._format(bold=True, font_color="#b45309", text_wrap=False)
        self.group = self._format(bold=True, align="center", bg_color=SHADE, **_box())
        self.heading = self._format(
            bold=True,
            font_size=10,
            align="center",
            valign="vcenter",
            bg_color=SHADE,
            **_box(),
        )
        self.code = self._format(
            italic=True,
            font_size=7,
            align="center",
            valign="vcenter",
            font_color="#475569",
            text_wrap=True,
            **_box(),
        )
        self.cell = self._format(**_box())
        self.strong = self._format(bold=True, **_box())
        self.section = self._format(bold=True, font_size=12, text_wrap=False)

    def number(self, kind: str, *, strong: bool) -> Any:
        """A figure's cell: rates with one decimal, everything else whole."""
        digits = f"{self._locale}#,##0.0" if kind == "rate" else f"{self._locale}#,##0"
        return self._once(num_format=digits, bold=strong, align="right", indent=1, **_shade(strong), **_box())

    def centered(self, kind: str) -> Any:
        """A figure in the middle of a wide cell."""
        digits = f"{self._locale}#,##0.0" if kind == "rate" else f"{self._locale}#,##0"
        return self._once(num_format=digits, align="center", **_box())

    def name(self, depth: int, *, strong: bool) -> Any:
        """A unit's name, indented by its depth."""
        return self._once(bold=strong or depth == 1, align="left", indent=depth, **_shade(strong), **_box())

    def unit_code(self, *, strong: bool) -> Any:
        """A unit's code."""
        return self._once(
            bold=strong,
            font_size=9,
            font_color="#475569",
            text_wrap=False,
            **_shade(strong),
            **_box(),
        )

    def _once(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._format(**properties)
        return self._made[key]

    def _format(self, **properties: Any) -> Any:
        base = {
            "font_name": FONT,
            "font_size": 11,
            "font_color": INK,
            "valign": "vcenter",
            "text_wrap": True,
        }
        return self._workbook.add_format(base | properties)


def _box() -> dict[str, Any]:
    return {"border": 1, "border_color": RULE}


def _shade(strong: bool) -> dict[str, Any]:
    return {"bg_color": TOTAL_SHADE} if strong else {}

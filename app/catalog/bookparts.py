"""What an XLSX file says outside its sheets: their names, the texts and formats that cells refer to."""

from app.catalog.packages import Listener

TRUE = {"1", "true"}
# the numbers that Japanese Excel gives its own date formats (ECMA-376, 18.8.30)
_JAPANESE_DATES = {*range(27, 37), *range(50, 59)}


class Book(Listener):
    """Listens to the part that names the sheets: (name, relation, hidden), and from when days are counted."""

    def __init__(self) -> None:
        from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900

        self.sheets: list[tuple[str, str, bool]] = []
        self.epoch = CALENDAR_WINDOWS_1900

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep a sheet."""
        if tag == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes["name"], attributes["id"], hidden))
        elif tag == "workbookPr" and attributes.get("date1904") in TRUE:
            from openpyxl.utils.datetime import CALENDAR_MAC_1904

            self.epoch = CALENDAR_MAC_1904


class Runs(Listener):
    """Collects the text of runs; what stands above them to say how they are read is left out."""

    def __init__(self) -> None:
        self.pieces: list[str] | None = None
        self.reading = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        """Begin to collect where text begins."""
        if tag == "rPh":
            self.reading = True
        elif tag == "t" and not self.reading:
            self.pieces = []

    def text(self, text: str) -> None:
        """Collect a piece."""
        if self.pieces is not None:
            self.pieces.append(text)

    def taken(self, tag: str) -> str:
        """Return the text that ends with an element."""
        if tag == "rPh":
            self.reading = False
        text, self.pieces = "".join(self.pieces or ()), None
        return text


class Strings(Runs):
    """Listens to the table of texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.runs: list[str] = []

    def end(self, tag: str) -> None:
        """Keep a text that ends."""
        self.runs.append(self.taken(tag))
        if tag == "si":
            self.found.append("".join(self.runs))
            self.runs = []


class Styles(Listener):
    """Listens to the styles: which of them show a number as a date, and by which format."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.formats: list[int] = []
        self.inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep a format, and which of them the next style uses."""
        if tag == "numFmt":
            self.codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self.inside = True
        elif tag == "xf" and self.inside:
            self.formats.append(int(attributes.get("numFmtId", "0")))

    def end(self, tag: str) -> None:
        """Note that the styles of cells are over: those of names follow."""
        self.inside = self.inside and tag != "cellXfs"

    def date_format(self, style: int) -> str:
        """Return the format of a style that shows dates, "" for any other style."""
        from openpyxl.styles.numbers import builtin_format_code, is_date_format

        number = self.formats[style] if 0 <= style < len(self.formats) else 0
        if number in _JAPANESE_DATES and number not in self.codes:
            return "yyyy-mm-dd"
        code = self.codes.get(number) or builtin_format_code(number) or ""
        return code if is_date_format(code) else ""

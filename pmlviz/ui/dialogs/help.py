"""Help: the keys, the glossary, how to begin, what pmlviz is."""

from html import escape

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QLineEdit, QTextBrowser, QWidget

from pmlviz import __version__
from pmlviz.core.glossary import TERMS
from pmlviz.ui.commands import COMMANDS, MENUS
from pmlviz.ui.dialogs.sheet import Sheet

BEGIN = """
<h3>How to begin</h3>
<p><b>F10</b> plays the next item of the script: a guest write, or an operation of the toolstack,
with everything it causes. <b>F11</b> plays one event of it. <b>Shift</b> goes back; going back is
exact. Click a page, an entry or a slot to select its gfn everywhere; drag over pages to write
them; or type an address into the <i>write</i> field. Acting in the past makes a branch, and the
line that was left keeps its future.</p>
<p>Plum means <i>now</i> and nothing else. Dashes mean <i>not yet</i>. The numbers in the
picture are those in the sentence.</p>
"""


def keys_html() -> str:
    """Return the sheet of keys, from the table of commands."""
    rows = []
    for menu in MENUS:
        rows.append(f'<tr><td colspan="2"><br><b>{menu}</b></td></tr>')
        for command in COMMANDS.values():
            keys = [f"<tt>{escape(key)}</tt>" for key in command.keys]
            keys += [f"<tt>{escape(key)}</tt>*" for key in command.figure_keys]
            if command.menu == menu and keys:
                text = escape(command.text.rstrip("…"))
                tip = f" <i>{escape(command.tip)}</i>" if command.tip else ""
                rows.append(
                    f"<tr><td>{' &nbsp; '.join(keys)} &nbsp; </td><td>{text}.{tip}</td></tr>"
                )
    return f"<table>{''.join(rows)}</table><p>* with the focus on the stage or the timeline</p>"


def glossary_html(query: str = "") -> str:
    """Return the terms that *query* occurs in, all for an empty one."""
    wanted = query.lower()
    parts = []
    for term in TERMS:
        names = ", ".join((term.name, *term.also))
        if wanted and wanted not in f"{names} {term.line}".lower():
            continue
        source = escape(term.citation.where)
        parts.append(f"<p><b>{escape(names)}</b><br>{escape(term.line)}<br><i>{source}</i></p>")
    return "".join(parts) or "<p>No term has these letters.</p>"


class KeysSheet(Sheet):
    """All keys on one page."""

    def __init__(self, parent: QWidget) -> None:
        """List them."""
        super().__init__(parent, "keys", "Keys", (640, 640))
        page = _page(self, "Keys")
        page.setHtml(keys_html())


class HelpSheet(Sheet):
    """How to begin, and the glossary, with a field to look a word up."""

    def __init__(self, parent: QWidget, word: str = "") -> None:
        """Show all, or what *word* means."""
        super().__init__(parent, "help", "Help and glossary", (640, 640))
        self.field = QLineEdit(word, self)
        self.field.setAccessibleName("Look up a word")
        self.field.setPlaceholderText("Look up a word: recalc, PML index, ram_logdirty…")
        self.inside.addWidget(self.field)
        self.page = _page(self, "Help")
        self.field.textChanged.connect(self._show)
        self._show(word)

    def _show(self, word: str) -> None:
        begin = BEGIN if not word else ""
        self.page.setHtml(f"{begin}<h3>Glossary</h3>{glossary_html(word)}")


class AboutSheet(Sheet):
    """What pmlviz is."""

    def __init__(self, parent: QWidget) -> None:
        """Say it."""
        super().__init__(parent, "about", "About pmlviz", (460, 190))
        self.words(f"<b>pmlviz {__version__}</b>")
        self.words(
            "An interactive visualizer of Intel Page Modification Logging as Xen uses it: every EPT"
            " entry, every slot of the log and every page is real, and each step can be taken back."
        )
        self.words("Rules of the processor: Intel SDM, volume 3. Rules of the hypervisor: Xen.",
                   quiet=True)  # fmt: skip


class TextSheet(Sheet):
    """A page of rich text whose links go to positions: `item.event`."""

    def __init__(self, parent: QWidget, name: str, title: str, html: str) -> None:
        """Show *html*."""
        super().__init__(parent, name, title, (560, 420))
        self.page = _page(self, title)
        self.page.setOpenLinks(False)
        self.page.setHtml(html)


def place_of(link: QUrl) -> tuple[int, int]:
    """Return item and event that a link of a `TextSheet` names."""
    item, _, event = link.toString().partition(".")
    return int(item), int(event or 0)


def _page(sheet: Sheet, name: str) -> QTextBrowser:
    page = QTextBrowser(sheet)
    page.setAccessibleName(name)
    page.setOpenExternalLinks(False)
    sheet.inside.addWidget(page, 1)
    return page

"""The events of the current item, one sentence each; the ones to come are pale."""

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pmlviz.core.evolve import evolve
from pmlviz.core.narration import sentence
from pmlviz.ui.figures.scene import Target
from pmlviz.ui.figures.theme import LIGHT, Theme
from pmlviz.ui.fonts import font
from pmlviz.ui.frame import Frame

MOST = 2000
"""Events of one item that are told."""

AnyIndex = QModelIndex | QPersistentModelIndex


class EventsModel(QAbstractListModel):
    """The sentences of one item's events."""

    def __init__(self, parent: QWidget) -> None:
        """Have none."""
        super().__init__(parent)
        self.sentences: list[str] = []
        self._key: tuple[int, object] = (0, None)

    def show_frame(self, frame: Frame) -> bool:
        """Tell the item of *frame*; return whether it is another one than before."""
        key = (frame.position.item, frame.events)
        if key[0] == self._key[0] and key[1] is self._key[1]:
            return False
        self._key = key
        self.beginResetModel()
        self.sentences, state = [], frame.before
        for event in frame.events[:MOST]:
            self.sentences.append(sentence(event, state))
            state = evolve(state, event)
        self.endResetModel()
        return True

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        """Return the number of events."""
        return 0 if parent.isValid() else len(self.sentences)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the sentence."""
        if index.isValid() and role == Qt.ItemDataRole.DisplayRole:
            return self.sentences[index.row()]
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.scale = 1.0
        self.number = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        view = self.parent()
        assert isinstance(view, QWidget)
        wide = view.width() - round(60 * self.scale)
        metrics = option.fontMetrics
        flags = Qt.TextFlag.TextWordWrap
        box = metrics.boundingRect(QRect(0, 0, max(80, wide), 4000), flags, str(index.data()))
        return QSize(wide, box.height() + round(12 * self.scale))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        box = option.rect
        number = index.row() + 1
        now, later = number == self.number, number > self.number
        painter.save()
        inner = box.adjusted(3, 1, -6, -1)
        if now:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self.theme["accent"]), 2))
            painter.setBrush(QColor(self.theme["accent.soft"]))
            painter.drawRoundedRect(inner, 4, 4)
        ink = self.theme["muted" if later else "ink"]
        painter.setPen(QColor(self.theme["muted"]))
        painter.setFont(font(round(11 * self.scale)))
        margin = round(30 * self.scale)
        top = inner.adjusted(0, round(5 * self.scale), 0, 0)
        right = Qt.AlignmentFlag.AlignRight
        painter.drawText(QRect(top.left(), top.top(), margin - 8, 40), right, str(number))
        painter.setPen(QColor(ink))
        painter.setFont(font(round(12.5 * self.scale)))
        flags = Qt.TextFlag.TextWordWrap
        painter.drawText(top.adjusted(margin, 0, -8, 0), flags, str(index.data()))
        painter.restore()


class EventsView(QWidget):
    """Shows the events of a frame's item, sends where to go."""

    activated = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.model = EventsModel(self)
        self.list = QListView(self)
        self.list.setObjectName("events-list")
        self.list.setAccessibleName("Events of the current item")
        self.list.setModel(self.model)
        self.delegate = _Delegate(self.list)
        self.list.setItemDelegate(self.delegate)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(4, 0, 0, 4)
        inside.addWidget(self.list)
        self._item = 0

    def show_frame(self, frame: Frame) -> None:
        """Show the events of *frame*."""
        self._item = frame.position.item
        self.delegate.number = frame.position.event
        self.model.show_frame(frame)
        if frame.position.event:
            index = self.model.index(min(frame.position.event, MOST) - 1)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index, QListView.ScrollHint.EnsureVisible)
        self.list.viewport().update()

    def set_look(self, theme: Theme, scale: float) -> None:
        """Draw in *theme* at *scale* from now on."""
        self.delegate.theme, self.delegate.scale = theme, scale
        self.list.scheduleDelayedItemsLayout()
        self.list.viewport().update()

    def _go(self, index: QModelIndex) -> None:
        self.activated.emit(Target("event", (self._item, index.row() + 1)))

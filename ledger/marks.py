"""One verification's marks: where it goes on, and what it keeps from time to time."""

from collections.abc import Callable

from ledger.bookmark import FORMAT, Bookmark, Mark, Marked
from ledger.source import Source


class Marks:
    """The marks of one export in a bookmark, where there is one."""

    def __init__(
        self, bookmark: Bookmark | None, source: Source, asked: tuple[str, str, str | None]
    ) -> None:
        """Keep marks for this log (origin, first key) and older checkpoint."""
        self._bookmark = bookmark
        self._source = source
        self._asked = asked

    def go_on(self) -> Mark | None:
        """Leave out what was found good before, and give its mark; else begin anew."""
        if self._bookmark is None:
            return None
        mark = self._bookmark.found(*self._asked)
        if mark is None or self._source.digest(mark.at.size) != mark.digest:
            self._bookmark.begin_anew()
            return None
        self._source.skip(mark.at.size)
        self._bookmark.go_on(mark)
        return mark

    def keep(
        self, counted: tuple[int, int], marked: Callable[[], Marked], *, now: bool = False
    ) -> None:
        """Keep a mark when it is time for one, or `now`: events, signatures, and all else."""
        events, signatures = counted
        if self._bookmark is None or not events or not (now or self._bookmark.is_due()):
            return
        at = marked()
        digest = self._source.digest(at.size)
        self._bookmark.save(Mark(FORMAT, *self._asked, digest, events, signatures, at))

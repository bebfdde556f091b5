"""All read models; the one that takes longest begins, so that the others go on beside it."""

from typing import Final

from projections.directory_projection import DirectoryProjection
from projections.holdings_projection import HoldingsProjection
from projections.links_projection import LinksProjection
from projections.market import Market
from projections.marks_projection import MarksProjection
from projections.papers_projection import PapersProjection
from projections.passport_projection import PassportProjection
from projections.runner import Projection
from projections.trace_projection import TraceProjection

ALL: Final[tuple[Projection, ...]] = (
    PassportProjection(),
    DirectoryProjection(),
    HoldingsProjection(),
    TraceProjection(),
    Market(),
    PapersProjection(),
    LinksProjection(),
    MarksProjection(),
)

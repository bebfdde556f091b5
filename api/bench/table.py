"""A report as a small table for people."""

from collections.abc import Iterator

from api.bench.measure import Report, Spread


def lines(report: Report) -> Iterator[str]:
    """Write the table, line by line: figures, baselines with their ratios, and the machine."""
    yield f"{report.name}  ({report.unit}, {_size(report)})"
    yield f"  {'':<28} {'min':>12} {'median':>12} {'max':>12} {'ratio':>8}"
    figures = report.figure if isinstance(report.figure, dict) else {"figure": report.figure}
    for name, row in (*figures.items(), *report.also.items()):
        yield _row(name, row)
    for name, row in report.baselines.items():
        ratio = report.ratios.get(name)
        yield _row(name, row, "" if ratio is None else f"{ratio:.3f}")
    machine = report.machine
    yield f"  {machine['cpus']} × {machine['cpu']}, Python {report.versions['python']}"
    yield f"  {report.commit}"


def _row(name: str, row: Spread, ratio: str = "") -> str:
    numbers = " ".join(f"{_number(value):>12}" for value in (row.min, row.median, row.max))
    return f"  {name:<28} {numbers} {ratio:>8}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.3g}"  # noqa: PLR2004  four digits


def _size(report: Report) -> str:
    if isinstance(report.size, int):
        return f"{report.size:,}"
    return ", ".join(f"{name} {count:,}" for name, count in report.size.items())

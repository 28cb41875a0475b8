"""Figures as Markdown, for people and for docs/PERFORMANCE.md, and as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from benchmarks.figure import Aim, Figure
from benchmarks.machine import Machine

FOLDER = Path(__file__).resolve().parents[1] / ".local" / "bench"


QUICKLY = " A quick pass: few runs, small sizes."


def markdown(figures: Iterable[Figure], *, title: str) -> str:
    """A table for each group, in the order of the figures."""
    parts = [title]
    for group, rows in groupby(figures, key=lambda figure: figure.group):
        head = f"**{group}**\n\n| what | figure | aim | |\n|---|---:|---|---|"
        parts.append("\n".join([head, *(_row(figure) for figure in rows)]))
    return "\n\n".join(parts) + "\n"


def write(name: str, figures: Sequence[Figure], machine: Machine, *, text: str) -> tuple[Path, Path]:
    """NAME.md and NAME.json below .local/bench."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page, record = FOLDER / f"{name}.md", FOLDER / f"{name}.json"
    page.write_text(text, encoding="utf-8")
    told = {"machine": asdict(machine), "figures": [asdict(figure) for figure in figures]}
    record.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return page, record


def shown(figure: Figure) -> str:
    """The figure for a person: `1.34 s`, `12,500 rows/s`."""
    if figure.value is None:
        return "–"
    return f"{number(figure.value)} {figure.unit}"


def number(value: float) -> str:
    """Three digits that count, thousands apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 1:
        return f"{value:.3g}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _row(figure: Figure) -> str:
    return f"| {figure.what} | {shown(figure)} | {_aim(figure)} | {figure.note} |"


def _aim(figure: Figure) -> str:
    aim: Aim | None = figure.aim
    if aim is None:
        return ""
    verdict = "" if figure.value is None else ": met" if aim.is_met_by(figure.value) else ": **missed**"
    return f"{aim.side} {number(aim.bound)} {figure.unit}{verdict}"

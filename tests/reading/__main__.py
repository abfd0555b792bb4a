"""Fits the weights by which posts are read, and tells how well they do on posts that were kept out of the fit.

    make reading                                            measure by cross-validation, and write the weights
    .venv/bin/python tests/reading --prose DIR --real FILE  with more labelled posts beside our own
    .venv/bin/python tests/reading --measure                change nothing

Each post is judged by weights that were fitted without it. What is told of real posts is told apart, as invented ones
are written by few hands.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path

import numpy as np
from fitted import Fitted
from labelled import OWN, Case, json_cases, short_cases, yaml_cases
from labelled_dates import Dates
from sklearn.model_selection import StratifiedKFold
from table import Table

from digest.collect.evidence.verdict import KINDS

WEIGHTS = Path(__file__).parents[2] / "digest/collect/evidence/weights.toml"
WORDS = WEIGHTS.with_name("words.tsv")
FOLDS = 10


def held_out(table: Table, folds: int) -> np.ndarray:
    """The chances of each post by weights that were fitted without it."""
    chances = np.zeros((len(table.kinds), len(KINDS)))
    split = StratifiedKFold(folds, shuffle=True, random_state=0).split(table.signs, table.kinds)
    for number, (fit, test) in enumerate(split, 1):
        sys.stderr.write(f"fold {number} of {folds}\n")
        chances[test] = Fitted(table, fit).chances(test)
    return chances


GROUPS = {
    "single words and pairs of words": lambda name: False,
    "what the title says": lambda name: name.startswith("title: "),
    "what the beginning says": lambda name: name.startswith("lead: "),
    "two signs together": lambda name: " with " in name and not name.startswith(ONE_WITH),
    "shape: length, persons, tense, lists": lambda name: name.startswith("shape: "),
    "dates and times": lambda name: name.startswith("dates: ") or name.split(": ")[-1] in DATED,
    "category": lambda name: name.startswith("category: "),
    "labels": lambda name: name.startswith("label: "),
}
ONE_WITH = ("dates: ", "title: begins ", "title: ends ")  # names of one sign that have the word
DATED = {"date", "coming", "deadline", "past", "clock", "hours of day"}


def study(cases: Sequence[Case], table: Table) -> Iterator[str]:
    """A learning curve, and what is lost without each group of evidence: recall and precision of all posts."""
    rows = np.arange(len(cases))
    for share in (0.25, 0.5, 0.75, 1.0):
        chances = np.zeros((len(cases), len(KINDS)))
        for fit, test in StratifiedKFold(5, shuffle=True, random_state=0).split(rows, table.kinds):
            some = np.random.default_rng(0).permutation(fit)[: int(share * len(fit))]
            chances[test] = Fitted(table, some).chances(test)
        yield f"{share:4.0%} of the posts: {_summary(cases, chances)}"
    for group, belongs in GROUPS.items():
        less = table.without_words() if "single words" in group else copy(table)
        less.signs = table.signs[:, [place for place, name in enumerate(table.sign_names) if not belongs(name)]]
        less.dates = [[] for _ in cases] if belongs("dates: ") else table.dates
        yield f"without {group}: {_summary(cases, held_out(less, 5))}"


def _summary(cases: Sequence[Case], chances: np.ndarray) -> str:
    read = [KINDS[number].value for number in chances.argmax(axis=1)]
    return "; ".join(
        f"{recall:.3f} {precision:.3f}" for recall, precision in _figures(list(zip(cases, read, strict=True)))
    )


def told(cases: Sequence[Case], chances: np.ndarray) -> Iterator[str]:
    """Precision and recall by group, calibration, and what was misread."""
    read = [KINDS[number].value for number in chances.argmax(axis=1)]
    groups = list(dict.fromkeys(case.group for case in cases))
    yield f"{'group':10}{'posts':>6}   {'vacancies: recall precision':28} events: recall precision"
    for group in (*groups, "all"):
        rows = [(case, kind) for case, kind in zip(cases, read, strict=True) if group in {"all", case.group}]
        figures = "".join(f"{recall:18.3f} {precision:9.3f}" for recall, precision in _figures(rows))
        yield f"{group:10}{len(rows):6}   {figures}"
    sure = chances.max(axis=1)
    yield "\nsure of it   posts   right"
    for low, high in ((0, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)):
        within = [
            _right(case, kind) for case, kind, chance in zip(cases, read, sure, strict=True) if low <= chance < high
        ]
        if within:
            yield f"{low:.2f}-{min(high, 1):.2f}  {len(within):8} {sum(within) / len(within):8.3f}"
    yield "\nmisread:"
    for case, kind, chance in sorted(zip(cases, read, sure, strict=True), key=lambda one: -one[2]):
        if not _right(case, kind):
            yield f"  {case.id}: {case.kind} read as {kind} ({chance:.2f})"


def _right(case: Case, kind: str) -> bool:
    return kind == case.kind or kind in case.also


def _figures(rows: Sequence[tuple[Case, str]]) -> Iterator[tuple[float, float]]:
    for wanted in ("vacancy", "event"):
        hits = sum(case.kind == wanted == kind for case, kind in rows)
        missed = sum(case.kind == wanted != kind and not _right(case, kind) for case, kind in rows)
        false = sum(kind == wanted != case.kind and not _right(case, kind) for case, kind in rows)
        yield hits / max(1, hits + missed), hits / max(1, hits + false)


def written(models: Mapping[str, Fitted], cases: Sequence[Case], dates: Sequence[Dates]) -> str:
    """The weights as TOML, each with what it adds to a post, an event and a vacancy."""
    groups = Counter(case.group for case in cases)
    lines = [
        "# Written by `make reading`: what each sign and word adds to a post, an event and a vacancy (log odds).",
        f"# Fitted on {len(cases)} posts: " + ", ".join(f"{count} {group}" for group, count in groups.items()) + ".",
    ]
    for name, fitted in models.items():
        lines += ["", f"[{name}]", f"bias = {_row(fitted.linear.bias)}", "", f"[{name}.signs]"]
        lines += [f'"{sign}" = {_row(row)}' for sign, row in fitted.signs_weighed() if np.abs(row).max() >= 0.01]
    for several in dates:
        lines += ["", *several.written()]
    return "\n".join(lines) + "\n"


def words_written(fitted: Fitted) -> str:
    """The weights of words, each in a line of its own with what it adds to a post, an event and a vacancy."""
    lines = ["# Written by `make reading`: what each word or pair of words adds to a post, an event and a vacancy"]
    lines += ["\t".join((word, *_figures_of(row))) for word, row in sorted(fitted.words_weighed())]
    return "\n".join(lines) + "\n"


def _row(row: np.ndarray) -> str:
    return f"[{', '.join(_figures_of(row))}]"


def _figures_of(row: np.ndarray) -> list[str]:
    return [f"{value:.2f}" for value in row]


def main() -> None:
    """Fit, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prose", type=Path, action="append", default=[], help="a folder of more .yaml cases")
    parser.add_argument("--real", type=Path, action="append", default=[], help="a JSON file of labelled real posts")
    parser.add_argument("--page", type=Path, help="a JSON file of the network's own page, whose posts count twice")
    parser.add_argument("--measure", action="store_true", help="write no weights")
    parser.add_argument("--study", action="store_true", help="tell a learning curve and an ablation, and nothing else")
    parser.add_argument("--no-folds", action="store_true", help="write the weights without measuring")
    given = parser.parse_args()
    cases = [*yaml_cases(OWN, "own"), *short_cases()]
    for folder in given.prose:
        cases += yaml_cases(folder, "prose")
    for file in given.real:
        cases += json_cases(file, "real")
    if given.page:
        cases += json_cases(given.page, "page")
    table = Table(cases)
    dates = (table.closes, table.starts)
    if given.study:
        sys.stdout.writelines(f"{line}\n" for line in study(cases, table))
        return
    if not given.no_folds:
        alone, unknown = (held_out(one, FOLDS) for one in (table.without_words(), Table(cases, understood=False)))
        lines = [
            *told(cases, held_out(table, FOLDS)),
            f"by signs alone: {_summary(cases, alone)}",
            f"as if in a language that is not known: {_summary(cases, unknown)}",
            *(line for one in dates for line in one.held_out(FOLDS)),
        ]
        sys.stdout.write("\n".join((*lines, "")))
    if not given.measure:
        everything = np.arange(len(cases))
        models = {
            "english": Fitted(table, everything),
            "known": Fitted(table.without_words(), everything),
            "unknown": Fitted(Table(cases, understood=False), everything),
        }
        WEIGHTS.write_text(written(models, cases, dates), encoding="utf-8")
        WORDS.write_text(words_written(models["english"]), encoding="utf-8")


if __name__ == "__main__":
    main()

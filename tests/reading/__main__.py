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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from labelled import OWN, Case, json_cases, short_cases, yaml_cases
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold

from digest.collect.evidence.dated import Candidate, candidates
from digest.collect.evidence.lexicon import lexicon_of
from digest.collect.evidence.signs import signs_of
from digest.collect.evidence.verdict import KINDS, WORD_VALUE, words_in
from digest.collect.evidence.words import Words, words_of
from digest.collect.prose import ENOUGH

WEIGHTS = Path(__file__).parents[2] / "digest/collect/evidence/weights.toml"
FOLDS = 10
STRENGTH, DATE_STRENGTH = 1.0, 1.0  # inverse of the L2 penalty
RARE = 6  # a word of fewer posts has no weight
MOST_WORDS = 1200
WEIGHT_OF = {"real": 2.0, "short": 2.0}  # of a post of this group in the fit


@dataclass(frozen=True)
class Table:
    """What is known of all posts, in numbers."""

    signs: csr_matrix
    sign_names: list[str]
    words: csr_matrix
    word_names: list[str]
    kinds: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, cases: Sequence[Case]) -> "Table":
        """Take the posts apart."""
        signs, words = [], []
        for case in cases:
            post = taken(case)
            found = signs_of(post, case.categories, lexicon_of(post.languages))
            signs.append({name: sign.value for name, sign in found.items()})
            words.append(dict.fromkeys(words_in(post), WORD_VALUE))
        common = Counter(word for post in words for word in post)
        vectors, more = DictVectorizer(), DictVectorizer()
        return cls(
            signs=csr_matrix(vectors.fit_transform(signs)),
            sign_names=list(vectors.get_feature_names_out()),
            words=csr_matrix(
                more.fit_transform([{w: v for w, v in post.items() if common[w] >= RARE} for post in words])
            ),
            word_names=list(more.get_feature_names_out()),
            kinds=np.array([[kind.value for kind in KINDS].index(case.kind) for case in cases]),
            weights=np.array([WEIGHT_OF.get(case.group, 1.0) for case in cases]),
        )


@dataclass(frozen=True)
class Fitted:
    """The model of some posts."""

    model: LogisticRegression
    kept: np.ndarray  # the words that weigh

    @classmethod
    def to(cls, table: Table, rows: np.ndarray) -> "Fitted":
        """Fit twice: by all words, and by those that weighed most."""
        model = LogisticRegression(C=STRENGTH, max_iter=2000)
        everything = csr_matrix(hstack([table.signs, table.words]))
        model.fit(everything[rows], table.kinds[rows], sample_weight=table.weights[rows])
        weight = np.abs(model.coef_[:, table.signs.shape[1] :]).max(axis=0)
        kept = np.sort(np.argsort(-weight)[:MOST_WORDS])
        model = LogisticRegression(C=STRENGTH, max_iter=2000)
        model.fit(
            csr_matrix(hstack([table.signs, table.words[:, kept]]))[rows],
            table.kinds[rows],
            sample_weight=table.weights[rows],
        )
        return cls(model, kept)

    def chances(self, table: Table, rows: np.ndarray) -> np.ndarray:
        """Of each kind, for each post."""
        return self.model.predict_proba(csr_matrix(hstack([table.signs, table.words[:, self.kept]]))[rows])


def held_out(table: Table, folds: int) -> np.ndarray:
    """The chances of each post by weights that were fitted without it."""
    chances = np.zeros((len(table.kinds), len(KINDS)))
    split = StratifiedKFold(folds, shuffle=True, random_state=0).split(table.signs, table.kinds)
    for number, (fit, test) in enumerate(split, 1):
        sys.stderr.write(f"fold {number} of {folds}\n")
        chances[test] = Fitted.to(table, fit).chances(table, test)
    return chances


GROUPS = {
    "single words and pairs of words": lambda name: False,
    "what the title says": lambda name: name.startswith("title: "),
    "what the beginning says": lambda name: name.startswith("lead: "),
    "two signs in one sentence": lambda name: " with " in name,
    "shape: length, persons, tense, lists": lambda name: name.startswith("shape: "),
    "dates and times": lambda name: name.startswith("dates: ") or name.split(": ")[-1] in DATED,
    "category": lambda name: name.startswith("category: "),
    "labels": lambda name: name.startswith("label: "),
}
DATED = {"date", "coming", "deadline", "past", "clock", "hours of day"}


def study(cases: Sequence[Case], table: Table) -> Iterator[str]:
    """A learning curve, and what is lost without each group of evidence: recall and precision of all posts."""
    rows = np.arange(len(cases))
    for share in (0.25, 0.5, 0.75, 1.0):
        chances = np.zeros((len(cases), len(KINDS)))
        for fit, test in StratifiedKFold(5, shuffle=True, random_state=0).split(rows, table.kinds):
            some = np.random.default_rng(0).permutation(fit)[: int(share * len(fit))]
            chances[test] = Fitted.to(table, some).chances(table, test)
        yield f"{share:4.0%} of the posts: {_summary(cases, chances)}"
    for group, belongs in GROUPS.items():
        kept = [number for number, name in enumerate(table.sign_names) if not belongs(name)]
        words = table.words if "single words" not in group else table.words[:, :0]
        less = replace(table, signs=table.signs[:, kept], words=words)
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


@dataclass(frozen=True)
class Dates:
    """Every date of the posts of a kind, and which is the one."""

    cases: list[Case]
    found: list[list[Candidate]]
    vectors: csr_matrix
    names: list[str]
    of: np.ndarray  # the number of the post of each date
    right: np.ndarray
    field: str

    @classmethod
    def among(cls, cases: Sequence[Case], kind: str, field: str) -> "Dates":
        """Take them from the posts of a kind."""
        mine = [case for case in cases if case.kind == kind]
        found = [candidates(taken(case)) for case in mine]
        vectors = DictVectorizer()
        rows = [dict.fromkeys(sorted(one.signs), 1.0) for several in found for one in several]
        owners = [number for number, several in enumerate(found) for _ in several]
        pairs = [(case, one) for case, several in zip(mine, found, strict=True) for one in several]
        right = [day_of(one, field) == stated(case, field) for case, one in pairs]
        table = csr_matrix(vectors.fit_transform(rows))
        return cls(mine, found, table, list(vectors.get_feature_names_out()), np.array(owners), np.array(right), field)

    def fit(self, posts: np.ndarray) -> LogisticRegression:
        """By the dates of some posts."""
        rows = np.isin(self.of, posts)
        return LogisticRegression(C=DATE_STRENGTH, max_iter=2000).fit(self.vectors[rows], self.right[rows])

    def held_out(self, folds: int) -> Iterator[str]:
        """How often the likeliest date is the one, by weights that were fitted without its post."""
        chances = np.zeros(len(self.right))
        for fit, test in KFold(folds, shuffle=True, random_state=0).split(self.cases):
            rows = np.isin(self.of, test)
            chances[rows] = self.fit(fit).predict_proba(self.vectors[rows])[:, 1]
        right, wrong = 0, []
        for number, case in enumerate(self.cases):
            if self.field in case.debatable:
                continue
            own = np.flatnonzero(self.of == number)
            best = own[chances[own].argmax()] if len(own) else None
            sure = best is not None and chances[best] >= ENOUGH
            read = day_of(self.found[number][best - own[0]], self.field) if sure else None
            right += read == stated(case, self.field)
            if read != stated(case, self.field):
                wrong.append(f"{case.id} ({stated(case, self.field)} read as {read})")
        yield f"{self.field}: {right / (right + len(wrong)):.3f} of {right + len(wrong)} right; not: {', '.join(wrong)}"

    def weights(self) -> Iterator[str]:
        """Fitted on all, as TOML."""
        model = self.fit(np.arange(len(self.cases)))
        yield f"[{self.field}]"
        yield f"bias = {model.intercept_[0]:.2f}"
        for name, weight in zip(self.names, model.coef_[0], strict=True):
            if abs(weight) >= 0.02:
                yield f'"{name}" = {weight:.2f}'


def taken(case: Case) -> Words:
    """A post taken apart."""
    month_first = case.zone.startswith("America/")
    return words_of(case.title, case.text, reference=case.at.date(), month_first=month_first)


def day_of(one: Candidate, field: str) -> str:
    """The day that a date stands for: a vacancy closes on its last, an event starts on its first."""
    return (one.read.last if field == "closes" else one.read.first).isoformat()


def stated(case: Case, field: str) -> str | None:
    """The day of a label."""
    value = case.closes if field == "closes" else case.starts
    return value and value[:10]


def written(table: Table, fitted: Fitted, cases: Sequence[Case], dates: Sequence[Dates]) -> str:
    """The weights as TOML, each with what it adds to a post, an event and a vacancy."""
    names = table.sign_names + [table.word_names[number] for number in fitted.kept]
    columns = list(zip(names, fitted.model.coef_.T, strict=True))
    groups = Counter(case.group for case in cases)
    lines = [
        "# Written by `make reading`: what each sign and word adds to a post, an event and a vacancy (log odds).",
        f"# Fitted on {len(cases)} posts: " + ", ".join(f"{count} {group}" for group, count in groups.items()) + ".",
        "",
        f"bias = {_row(fitted.model.intercept_)}",
        "",
        "[signs]",
    ]
    signs = len(table.sign_names)
    lines += [f'"{name}" = {_row(row)}' for name, row in columns[:signs] if np.abs(row).max() >= 0.01]
    lines += ["", "[words]"]
    lines += [f'"{name}" = {_row(row)}' for name, row in sorted(columns[signs:], key=lambda one: one[0])]
    for several in dates:
        lines += ["", *several.weights()]
    return "\n".join(lines) + "\n"


def _row(row: np.ndarray) -> str:
    return "[" + ", ".join(f"{value:.2f}" for value in row) + "]"


def main() -> None:
    """Fit, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prose", type=Path, action="append", default=[], help="a folder of more .yaml cases")
    parser.add_argument("--real", type=Path, action="append", default=[], help="a JSON file of labelled real posts")
    parser.add_argument("--measure", action="store_true", help="write no weights")
    parser.add_argument("--study", action="store_true", help="tell a learning curve and an ablation, and nothing else")
    parser.add_argument("--no-folds", action="store_true", help="write the weights without measuring")
    given = parser.parse_args()
    cases = [*yaml_cases(OWN, "own"), *short_cases()]
    for folder in given.prose:
        cases += yaml_cases(folder, "prose")
    for file in given.real:
        cases += json_cases(file, "real")
    table = Table.of(cases)
    dates = (Dates.among(cases, "vacancy", "closes"), Dates.among(cases, "event", "starts"))
    if given.study:
        sys.stdout.writelines(f"{line}\n" for line in study(cases, table))
        return
    if not given.no_folds:
        lines = [*told(cases, held_out(table, FOLDS)), *(line for one in dates for line in one.held_out(FOLDS))]
        sys.stdout.write("\n".join((*lines, "")))
    if not given.measure:
        everything = np.arange(len(cases))
        WEIGHTS.write_text(written(table, Fitted.to(table, everything), cases, dates), encoding="utf-8")


if __name__ == "__main__":
    main()

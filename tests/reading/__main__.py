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
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from labelled import OWN, Case, json_cases, short_cases, yaml_cases
from scipy.sparse import csr_matrix, diags, hstack
from scipy.special import softmax
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold

from digest.collect.evidence.dated import Candidate, candidates
from digest.collect.evidence.days_ahead import signs_of_days
from digest.collect.evidence.lexicon import lexicon_of
from digest.collect.evidence.signs import signs_of
from digest.collect.evidence.verdict import KINDS, word_value, words_in
from digest.collect.evidence.words import Words, words_of
from digest.collect.facts.likeliest import ENOUGH

WEIGHTS = Path(__file__).parents[2] / "digest/collect/evidence/weights.toml"
FOLDS = 10
STRENGTH, STRENGTH_ALONE, DATE_STRENGTH = 0.1, 0.35, 1.0  # inverse of the L2 penalty: with words, of signs alone
SURENESS = (
    1.4  # with words: so many times the fitted weights, which the penalty holds back, make chances that come true
)
LEAN = np.array([0.0, -0.13, 0.18])  # log odds: a vacancy is called one a little more readily, an event less
WORD_STRENGTH = 5.0  # of the words beside the signs: the larger, the less they are held back
RARE = 6  # a word of fewer posts has no weight, nor one that is mostly of a single site: it may be a name
MOST_WORDS = 4000
WEIGHT_OF = {"short": 2.0, "page": 2.0}  # of a post of this group in the fit


class Table:
    """What is known of all posts, in numbers: signs, words, and those signs that fitted weights of dates tell."""

    def __init__(self, cases: Sequence[Case], *, understood: bool = True) -> None:
        """Take the posts apart, or as if none were in a language that is known."""
        self.cases = cases
        posts = [taken(case) for case in cases]
        if not understood:
            for post in posts:
                post.__dict__["languages"] = frozenset()  # where it is kept once it is known
        found = [
            signs_of(post, case.categories, lexicon_of(post.languages)) for post, case in zip(posts, cases, strict=True)
        ]
        self.dates = [candidates(post) for post in posts]
        self.closes, self.starts = (Dates.among(cases, self.dates, kind) for kind in ("vacancy", "event"))
        vectors = DictVectorizer()
        self.signs = csr_matrix(
            vectors.fit_transform([{name: one.value for name, one in signs.items()} for signs in found])
        )
        self.sign_names = [*vectors.get_feature_names_out()]
        self.day_names = sorted({name for dates in self.dates for name, _ in signs_of_days(dates, EVEN, EVEN)})
        words = [dict.fromkeys(words_in(post), 1.0) for post in posts]
        common = Counter(word for post in words for word in post)
        of_sites = Counter(
            (case.site, word) for case, post in zip(cases, words, strict=True) if case.site for word in post
        )
        of_one_site = Counter[str]()
        for (_, word), count in of_sites.items():
            of_one_site[word] = max(of_one_site[word], count)
        telling = {word for word, count in common.items() if count >= RARE and of_one_site[word] <= count / 2}
        more = DictVectorizer()
        there = more.fit_transform(
            [{word: word_value(len(post)) for word in post if word in telling} for post in words]
        )
        self.word_names = [*more.get_feature_names_out()]
        self.rarity = np.array([WORD_STRENGTH * np.log(len(cases) / common[word]) for word in self.word_names])
        self.words = csr_matrix(there @ diags(self.rarity))
        self.kinds = np.array([[kind.value for kind in KINDS].index(case.kind) for case in cases])
        self.weights = np.array([WEIGHT_OF.get(case.group, 1.0) for case in cases])

    def without_words(self) -> "Table":
        """The same, of signs alone."""
        less = copy(self)
        less.words = self.words[:, :0]
        return less

    def days(self, rows: np.ndarray) -> csr_matrix:
        """What dates say of each post, by weights that were fitted on some posts alone."""
        closes, starts = self.closes.weights(rows), self.starts.weights(rows)
        number = {name: place for place, name in enumerate(self.day_names)}
        table = np.zeros((len(self.cases), len(number)))
        for row, dates in enumerate(self.dates):
            for name, value in signs_of_days(dates, closes, starts):
                table[row, number[name]] = value
        return csr_matrix(table)


class Fitted:
    """The model of some posts."""

    def __init__(self, table: Table, rows: np.ndarray) -> None:
        """Fit twice: by all words, and by those that weighed most."""
        self.signs = csr_matrix(hstack([table.signs, table.days(rows)]))
        self.sign_names = [*table.sign_names, *table.day_names]
        self.word_names, self.rarity = table.word_names, table.rarity
        everything = csr_matrix(hstack([self.signs, table.words]))
        alone = not table.words.shape[1]
        new, sureness = partial(self._model, STRENGTH_ALONE if alone else STRENGTH), 1.0 if alone else SURENESS
        model = new().fit(everything[rows], table.kinds[rows], sample_weight=table.weights[rows])
        weight = np.abs(model.coef_[:, self.signs.shape[1] :]).max(axis=0)
        self.kept = np.sort(np.argsort(-weight)[:MOST_WORDS])
        self.everything = csr_matrix(hstack([self.signs, table.words[:, self.kept]]))
        self.model = new().fit(self.everything[rows], table.kinds[rows], sample_weight=table.weights[rows])
        self.model.coef_ *= sureness
        self.model.intercept_ *= sureness

    @property
    def bias(self) -> np.ndarray:
        """Of each kind."""
        return self.model.intercept_ + LEAN

    @staticmethod
    def _model(strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, max_iter=2000, tol=1e-3)

    def columns(self) -> tuple[list[tuple[str, np.ndarray]], list[tuple[str, np.ndarray]]]:
        """Signs and words with their weights."""
        signs = len(self.sign_names)
        columns = self.model.coef_.T
        words = ((self.word_names[place], self.rarity[place]) for place in self.kept)
        return (
            list(zip(self.sign_names, columns[:signs], strict=True)),
            [(word, rarity * row) for (word, rarity), row in zip(words, columns[signs:], strict=True)],
        )

    def chances(self, rows: np.ndarray) -> np.ndarray:
        """Of each kind, for each post."""
        scores = self.model.predict_log_proba(self.everything[rows]) + LEAN
        return softmax(scores, axis=1)


def held_out(table: Table, folds: int) -> np.ndarray:
    """The chances of each post by weights that were fitted without it."""
    chances = np.zeros((len(table.kinds), len(KINDS)))
    split = StratifiedKFold(folds, shuffle=True, random_state=0).split(table.signs, table.kinds)
    for number, (fit, test) in enumerate(split, 1):
        sys.stderr.write(f"fold {number} of {folds}\n")
        chances[test] = Fitted(table, fit).chances(test)
    return chances


FIELD_OF = {"vacancy": "closes", "event": "starts"}
EVEN: Mapping[str, float] = {"bias": 0.0}
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


@dataclass(frozen=True)
class Dates:
    """Every date of the posts of a kind, and which is the one."""

    cases: Sequence[Case]  # of all kinds
    found: Sequence[Sequence[Candidate]]  # of all cases
    mine: np.ndarray  # the numbers of the cases of the kind
    vectors: csr_matrix
    names: list[str]
    of: np.ndarray  # the number of the case of each date
    right: np.ndarray
    field: str

    @classmethod
    def among(cls, cases: Sequence[Case], found: Sequence[Sequence[Candidate]], kind: str) -> "Dates":
        """Take them from the posts of a kind."""
        field = FIELD_OF[kind]
        mine = [number for number, case in enumerate(cases) if case.kind == kind]
        pairs = [(number, one) for number in mine for one in found[number]]
        vectors = DictVectorizer()
        table = csr_matrix(vectors.fit_transform([dict.fromkeys(sorted(one.signs), 1.0) for _, one in pairs]))
        right = [day_of(one, field) == stated(cases[number], field) for number, one in pairs]
        owners = np.array([number for number, _ in pairs])
        names = [*vectors.get_feature_names_out()]
        return cls(cases, found, np.array(mine), table, names, owners, np.array(right), field)

    def fit(self, posts: np.ndarray) -> LogisticRegression:
        """By the dates of some posts."""
        rows = np.isin(self.of, posts)
        return LogisticRegression(C=DATE_STRENGTH, max_iter=2000).fit(self.vectors[rows], self.right[rows])

    def weights(self, posts: np.ndarray) -> Mapping[str, float]:
        """What speaks for a date, by those of some posts."""
        model = self.fit(posts)
        return {"bias": model.intercept_[0]} | dict(zip(self.names, model.coef_[0], strict=True))

    def held_out(self, folds: int) -> Iterator[str]:
        """How often the likeliest date is the one, by weights that were fitted without its post."""
        chances = np.zeros(len(self.right))
        for fit, test in KFold(folds, shuffle=True, random_state=0).split(self.mine):
            rows = np.isin(self.of, self.mine[test])
            chances[rows] = self.fit(self.mine[fit]).predict_proba(self.vectors[rows])[:, 1]
        right, wrong = 0, []
        for number in self.mine:
            case = self.cases[number]
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

    def written(self) -> Iterator[str]:
        """The weights fitted on all, as TOML."""
        yield f"[{self.field}]"
        for name, weight in self.weights(self.mine).items():
            if name == "bias":
                yield f"bias = {weight:.2f}"
            elif abs(weight) >= 0.02:
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


def written(models: Mapping[str, Fitted], cases: Sequence[Case], dates: Sequence[Dates]) -> str:
    """The weights as TOML, each with what it adds to a post, an event and a vacancy."""
    groups = Counter(case.group for case in cases)
    lines = [
        "# Written by `make reading`: what each sign and word adds to a post, an event and a vacancy (log odds).",
        f"# Fitted on {len(cases)} posts: " + ", ".join(f"{count} {group}" for group, count in groups.items()) + ".",
    ]
    for name, fitted in models.items():
        lines += ["", f"[{name}]", f"bias = {_row(fitted.bias)}", "", f"[{name}.signs]"]
        signs, words = fitted.columns()
        lines += [f'"{sign}" = {_row(row)}' for sign, row in signs if np.abs(row).max() >= 0.01]
        if words:
            lines += ["", f"[{name}.words]", *(f'"{word}" = {_row(row)}' for word, row in sorted(words))]
    for several in dates:
        lines += ["", *several.written()]
    return "\n".join(lines) + "\n"


def _row(row: np.ndarray) -> str:
    return "[" + ", ".join(f"{value:.2f}" for value in row) + "]"


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


if __name__ == "__main__":
    main()

"""The dates of labelled posts, what stands around each, and what of that tells the one that counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from labelled import Case
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from digest.collect.evidence.dated import Candidate
from digest.collect.facts.likeliest import ENOUGH

STRENGTH = 1.0  # inverse of the L2 penalty
FIELD_OF = {"vacancy": "closes", "event": "starts"}


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
        return LogisticRegression(C=STRENGTH, max_iter=2000).fit(self.vectors[rows], self.right[rows])

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


def day_of(one: Candidate, field: str) -> str:
    """The day that a date stands for: a vacancy closes on its last, an event starts on its first."""
    return (one.read.last if field == "closes" else one.read.first).isoformat()


def stated(case: Case, field: str) -> str | None:
    """The day of a label."""
    value = case.closes if field == "closes" else case.starts
    return value and value[:10]

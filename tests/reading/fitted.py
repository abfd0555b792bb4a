"""Weights fitted on some posts: what each sign and each word adds to a post, an event and a vacancy."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import MultinomialNB
from table import Table

from digest.collect.evidence.verdict import KINDS

STRENGTH, STRENGTH_ALONE = 0.1, 0.35  # inverse of the L2 penalty: with words, of signs alone
LEAN = np.array([0.0, 0.1, -0.3])  # log odds: what is in doubt between a post and another is rather called a post
LEAN_LONG = np.array([0.0, -2.8, -0.9])  # the same, times the sign LONG: of long posts that come unasked most are plain
LEAN_ALONE = np.array([0.0, -0.05, 0.13])
LONG = "shape: long"
PARTS = 5  # of the posts, each reckoned by words that were learned of the others


@dataclass(frozen=True)
class Linear:
    """A sum of weights: of each kind one for nothing, for each sign and for each word."""

    bias: np.ndarray
    signs: np.ndarray
    words: np.ndarray

    @classmethod
    def of(cls, model: LogisticRegression, signs: int) -> "Linear":
        """What was fitted on so many signs, and words behind them."""
        return cls(model.intercept_, model.coef_.T[:signs], model.coef_.T[signs:])

    def scores(self, signs: csr_matrix, words: csr_matrix) -> np.ndarray:
        """Of each kind, for each post."""
        return np.asarray(self.bias + signs @ self.signs + words @ self.words)

    def within(self, model: LogisticRegression, first: int) -> "Linear":
        """What it becomes in a model whose columns from the first on are its scores."""
        share = model.coef_[:, first : first + len(KINDS)].T
        return Linear(self.bias @ share, self.signs @ share, self.words @ share)

    def __add__(self, other: "Linear") -> "Linear":
        return Linear(self.bias + other.bias, self.signs + other.signs, self.words + other.words)


class Fitted:
    """The model of some posts.

    Words that were learned of a post tell more of it than of any other, so a fit of signs beside words trusts the
    words too much. Hence two steps (stacking, Wolpert 1992): the words of each post are reckoned by weights that were
    fitted without it, and what these scores are worth beside the signs is fitted on them. Two ways of weighing words
    see different things: logistic regression those that decide, naive Bayes the many that each say a little.
    """

    def __init__(self, table: Table, rows: np.ndarray) -> None:
        """Fit in two steps, or in one where there are no words."""
        self.table, self.rows = table, rows
        self.signs = csr_matrix(hstack([table.signs, table.days(rows)]))
        self.sign_names = [*table.sign_names, *table.day_names]
        has_words = bool(table.words.shape[1])
        if has_words:
            self.linear = self._leaning(self._stacked(), LEAN, LEAN_LONG)
        else:
            self.linear = self._leaning(self._regression(rows, STRENGTH_ALONE), LEAN_ALONE, np.zeros(len(KINDS)))

    def signs_weighed(self) -> list[tuple[str, np.ndarray]]:
        """Each sign with its weights."""
        return list(zip(self.sign_names, self.linear.signs, strict=True))

    def words_weighed(self) -> list[tuple[str, np.ndarray]]:
        """Each word with its weights, as it counts in a post that has no other."""
        table = self.table
        return list(zip(table.word_names, table.rarity[:, None] * self.linear.words, strict=True))

    def chances(self, rows: np.ndarray) -> np.ndarray:
        """Of each kind, for each post."""
        return softmax(self.linear.scores(self.signs[rows], self.table.words[rows]), axis=1)

    def _leaning(self, linear: Linear, lean: np.ndarray, lean_long: np.ndarray) -> Linear:
        signs = linear.signs.copy()
        signs[self.sign_names.index(LONG)] += lean_long
        return Linear(linear.bias + lean, signs, linear.words)

    def _stacked(self) -> Linear:
        kinds, weights = self.table.kinds[self.rows], self.table.weights[self.rows]
        views = self._views(self.rows)
        scores = np.zeros((len(self.rows), len(views) * len(KINDS)))
        for fit, test in StratifiedKFold(PARTS, shuffle=True, random_state=1).split(self.rows, kinds):
            others = self.rows[test]
            signs, words = self.signs[others], self.table.words[others]
            scores[test] = np.hstack([view.scores(signs, words) for view in self._views(self.rows[fit])])
        model = _regression(STRENGTH)
        model.fit(csr_matrix(hstack([csr_matrix(scores), self.signs[self.rows]])), kinds, sample_weight=weights)
        of_signs = model.coef_.T[scores.shape[1] :]
        rest = Linear(model.intercept_, of_signs, np.zeros((self.table.words.shape[1], len(KINDS))))
        return sum((view.within(model, number * len(KINDS)) for number, view in enumerate(views)), start=rest)

    def _views(self, rows: np.ndarray) -> tuple[Linear, ...]:
        return self._regression(rows, STRENGTH), self._bayes(rows)

    def _regression(self, rows: np.ndarray, strength: float) -> Linear:
        everything = csr_matrix(hstack([self.signs, self.table.words]))
        model = _regression(strength)
        model.fit(everything[rows], self.table.kinds[rows], sample_weight=self.table.weights[rows])
        return Linear.of(model, self.signs.shape[1])

    def _bayes(self, rows: np.ndarray) -> Linear:
        """Each word by how much likelier it is in one kind than in another, whatever stands beside it."""
        present = csr_matrix((self.table.words[rows] > 0).astype(float))
        model = MultinomialNB(fit_prior=False)
        model.fit(present, self.table.kinds[rows], sample_weight=self.table.weights[rows])
        likely = model.feature_log_prob_.T - model.feature_log_prob_.mean(axis=0)[:, None]
        nothing = np.zeros((self.signs.shape[1], len(KINDS)))
        return Linear(np.zeros(len(KINDS)), nothing, likely / self.table.rarity[:, None])


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=2000, tol=1e-3)

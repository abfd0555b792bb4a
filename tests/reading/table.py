"""Labelled posts in numbers: their signs, their words, and what their dates say."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np
from labelled import Case
from labelled_dates import Dates
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction import DictVectorizer

from digest.collect.evidence.dated import candidates
from digest.collect.evidence.days_ahead import signs_of_days
from digest.collect.evidence.lexicon import lexicon_of
from digest.collect.evidence.signs import signs_of
from digest.collect.evidence.verdict import KINDS, word_value, words_in
from digest.collect.evidence.words import Words, words_of

WORD_STRENGTH = 5.0  # of the words beside the signs: the larger, the less they are held back
RARE = (
    6  # a word of fewer posts has no weight, nor one of real posts alone or mostly of a single site: it may be a name
)
INVENTED = ""  # the site of posts that are not real
WEIGHT_OF = {"short": 2.0, "page": 2.0}  # of a post of this group in the fit
EVEN: Mapping[str, float] = {"bias": 0.0}


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
        of_sites = Counter((case.site, word) for case, post in zip(cases, words, strict=True) for word in post)
        of_one_site = Counter[str]()
        for (site, word), count in of_sites.items():
            if site:
                of_one_site[word] = max(of_one_site[word], count)
        telling = {
            word
            for word, count in common.items()
            if count >= RARE and of_sites[INVENTED, word] and of_one_site[word] <= count / 2
        }
        more = DictVectorizer()
        there = more.fit_transform(
            [
                {word: value for word in single if word in telling}
                for single, value in zip(words, map(word_value, posts), strict=True)
            ]
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


def taken(case: Case) -> Words:
    """A post taken apart."""
    month_first = case.zone.startswith("America/")
    return words_of(case.title, case.text, reference=case.at.date(), month_first=month_first)

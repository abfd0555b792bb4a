"""What a post is: evidence added up as a careful editor would, no single word deciding.

`words` takes a post apart, `phrases` finds the lexicon's phrases in it, `signs` turns them into numbers, and `verdict`
weighs these by `weights.toml`, which `make reading` fits. The phrases of a language are in a file of its name.
"""

from digest.collect.evidence.dated import Candidate, candidates, chance
from digest.collect.evidence.lexicon import names_a_role
from digest.collect.evidence.told import in_words
from digest.collect.evidence.verdict import KINDS, Evidence, Verdict, judge
from digest.collect.evidence.weights import closing_weights, starting_weights
from digest.collect.evidence.words import Part, Sentence, Words, words_of

__all__ = [
    "KINDS",
    "Candidate",
    "Evidence",
    "Part",
    "Sentence",
    "Verdict",
    "Words",
    "candidates",
    "chance",
    "closing_weights",
    "in_words",
    "judge",
    "names_a_role",
    "starting_weights",
    "words_of",
]

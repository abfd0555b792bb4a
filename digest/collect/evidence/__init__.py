"""What a post is: evidence added up as a careful editor would, no single word deciding.

`words` takes a post apart, `phrases` finds the lexicon's phrases in it, `signs` turns them into numbers, and `verdict`
weighs these by `weights.toml`, which `make reading` fits. The phrases of a language are in a file of its name. What a
network's editors said of posts, `answers` adds for those like them.
"""

from digest.collect.evidence.answers import Alike, Learned, answered, learned, provenance_of, words_again
from digest.collect.evidence.dated import Candidate, candidates, chance
from digest.collect.evidence.lexicon import Lexicon, lexicon_of, names_a_role
from digest.collect.evidence.likeness import Provenance
from digest.collect.evidence.moved import is_moved, stands_instead
from digest.collect.evidence.otherwise import Otherwise, otherwise
from digest.collect.evidence.phrases import Phrases
from digest.collect.evidence.told import Wording, a_kind, alike_in_words, change_in_words, in_words
from digest.collect.evidence.verdict import KINDS, Evidence, Verdict, judge
from digest.collect.evidence.weights import closing_weights, starting_weights
from digest.collect.evidence.words import Part, Sentence, Words, words_of

__all__ = [
    "KINDS",
    "Alike",
    "Candidate",
    "Evidence",
    "Learned",
    "Lexicon",
    "Otherwise",
    "Part",
    "Phrases",
    "Provenance",
    "Sentence",
    "Verdict",
    "Wording",
    "Words",
    "a_kind",
    "alike_in_words",
    "answered",
    "candidates",
    "chance",
    "change_in_words",
    "closing_weights",
    "in_words",
    "is_moved",
    "judge",
    "learned",
    "lexicon_of",
    "names_a_role",
    "otherwise",
    "provenance_of",
    "stands_instead",
    "starting_weights",
    "words_again",
    "words_of",
]

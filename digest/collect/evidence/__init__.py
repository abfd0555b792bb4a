"""What a post is: evidence added up as a careful editor would, no single word deciding.

`words` takes a post apart, `phrases` finds the lexicon's phrases in it, `signs` turns them into numbers, and `verdict`
weighs these by `weights.toml`, which `make reading` fits. The phrases of a language are in a file of its name.
"""

from digest.collect.evidence.verdict import Evidence, Verdict, judge
from digest.collect.evidence.words import Words, words_of

__all__ = ["Evidence", "Verdict", "Words", "judge", "words_of"]

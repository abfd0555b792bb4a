"""Reading in a process of its own: strangers' bytes may hang it, fill its memory or crash it, and only it.

`reader` is what others work with, `task` what is asked and what it comes to. `worker` is one process as it is seen from
outside, over its `line`; `inside` is what runs in it, `wire` what passes between the two, `checked` how far that is
believed. Why, and what it costs, is told in docs/decisions/reading.md.
"""

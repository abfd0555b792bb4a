"""Reading in a process of its own: strangers' bytes may hang it, fill its memory or crash it, and only it.

`reader` is what others work with, `task` what is asked and what it comes to. `worker` is one process as it is seen from
outside, `inside` what runs in it, `wire` what passes between the two. Why, and what it costs, is told in
docs/decisions/reading.md.
"""

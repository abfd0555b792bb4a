"""The verbs of the product: gather, let a pure room decide, write down; `now` and `by` are arguments."""

"""Decision models: what the rules need to know, folded from events one tag at a time.

Each `evolve` needs nothing but its own model and the event, so that a model can be folded from the
events of its tag alone. Models are never changed in place: a group that fails is simply dropped.
"""

"""Several annotations of one item become one, with a confidence; how far workers agree, and how good each is.

`answers` says what goes in and what comes out. `votes` is the heart: who is how good, and what is therefore probably true. `choices`, `things` (with
`boxes` and `spans`) and `masks` bring each kind of annotation to it. Only numpy and pandas are needed.
"""

from __future__ import annotations

from nblabel.consolidation.answers import Answers, Consolidation

__all__ = ["Answers", "Consolidation"]

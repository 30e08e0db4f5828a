"""A DataFrame and a labeling job: which row is which item, where its media is, and how its label gets into its row."""

from nblabel.binding.binding import OWNER, Binding, Row, join

__all__ = ["OWNER", "Binding", "Row", "join"]

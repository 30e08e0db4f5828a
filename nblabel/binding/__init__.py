"""A DataFrame and a labeling job: which row is which item, where its media is, and how its label gets into its row."""

from nblabel.binding.binding import OWNER, Binding, Row, join
from nblabel.binding.cells import Cells, Writer
from nblabel.binding.columns import LabelColumns
from nblabel.binding.identity import is_absent
from nblabel.binding.presets import Presets, read_presets
from nblabel.binding.rows import ItemRows, item_rows

__all__ = ["OWNER", "Binding", "Cells", "ItemRows", "LabelColumns", "Presets", "Row", "Writer", "is_absent", "item_rows", "join", "read_presets"]

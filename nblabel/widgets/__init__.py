"""Widgets for Jupyter; nothing else in nblabel imports a widget library."""

from nblabel.widgets.labeler import Labeler, Submission
from nblabel.widgets.labeling import label
from nblabel.widgets.monitor import JobMonitor
from nblabel.widgets.working import work

__all__ = ["JobMonitor", "Labeler", "Submission", "label", "work"]

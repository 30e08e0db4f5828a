"""The store: what people did, kept in one SQLite file that several processes may use at once.

`Store` opens the file and knows jobs and items; a `Journal` is what one worker did in one job: annotations, operations, undo.
"""

from nblabel.store.journal import Journal, Wish
from nblabel.store.places import DEFAULT_PATH, state_path
from nblabel.store.records import Job, Label, Outcome, Subject, Work
from nblabel.store.store import Store

__all__ = ["DEFAULT_PATH", "Job", "Journal", "Label", "Outcome", "Store", "Subject", "Wish", "Work", "state_path"]

"""The one door for every front end: a worker at a job, item after item.

A session knows no DataFrame and no widget. What carries the messages (a kernel's comm, HTTP, a test) calls `Session.reply`; Python calls the methods
of the same meaning. Both may come from any thread.
"""

from nblabel.session.items import Items, Queue
from nblabel.session.session import Session
from nblabel.session.suggesting import Columns, Function, Predictions

__all__ = ["Columns", "Function", "Items", "Predictions", "Queue", "Session"]

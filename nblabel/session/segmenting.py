"""Proposals of masks: found in a thread of their own, so that neither the kernel nor the person who paints waits for them."""

from __future__ import annotations

import logging
from collections import OrderedDict
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel import schema
from nblabel.errors import CancelledError, NblabelError
from nblabel.geometry import runs
from nblabel.media import decode_image
from nblabel.wire import Proposal

if TYPE_CHECKING:
    from collections.abc import Callable

    from nblabel.assist import Prompts, Segmenter
    from nblabel.media import Picture
    from nblabel.wire import SegmentParams

__all__ = ["Segmenting"]

_log = logging.getLogger(__name__)

KEPT = 2
"""Images whose embedding is kept, so that going back to one costs nothing."""


class Segmenting:
    """Asks a segmenter, one question at a time; a new question takes the place of the one before.

    Parameters
    ----------
    segmenter : Segmenter
        Who is asked.
    load : callable
        Gives the picture of an item by its index; raises MediaError or StorageError.
    tell : callable
        Is told of each `Proposal`, from the thread that found it.
    """

    def __init__(self, segmenter: Segmenter, load: Callable[[int], Picture], tell: Callable[[Proposal], None]) -> None:
        self._segmenter = segmenter
        self._load = load
        self._tell = tell
        self._embeddings: OrderedDict[int, Any] = OrderedDict()
        self._turn = Lock()
        self._cancelled = Event()

    def ask(self, params: SegmentParams) -> None:
        """Begin to look for a mask; `tell` hears of it.

        Raises
        ------
        SchemaError
            When the prompts do not have the form of `nblabel.assist.Prompts`.
        """
        from nblabel.assist import Prompts

        prompts = schema.load(params.prompts, Prompts)
        self.drop()
        self._cancelled = Event()
        Thread(target=self._work, args=(params, prompts, self._cancelled), name="nblabel-segmenter", daemon=True).start()

    def drop(self) -> None:
        """Let go of what is being looked for."""
        self._cancelled.set()

    def _work(self, params: SegmentParams, prompts: Prompts, cancelled: Event) -> None:
        def tell(state: Any, **more: Any) -> None:
            if not cancelled.is_set():
                self._tell(Proposal(index=params.index, token=params.token, state=state, **more))

        try:
            with self._turn:
                if cancelled.is_set():
                    return
                embedding = self._embed(params.index, cancelled, lambda: tell("preparing"))
                tell("working")
                mask = self._segmenter.predict(embedding, prompts, cancelled=cancelled.is_set)
            tell("ready", runs=runs.to_text(runs.encode(np.asarray(mask).astype(np.uint8).reshape(-1))))
        except CancelledError:
            return
        except NblabelError as error:
            tell("failed", message=str(error))
        except Exception as error:  # noqa: BLE001 - whatever a segmenter raises, the person hears of it
            _log.exception("the segmenter %r failed", self._segmenter)
            tell("failed", message=f"{self._segmenter.name} failed ({type(error).__name__}: {error})")

    def _embed(self, index: int, cancelled: Event, begun: Callable[[], None]) -> Any:
        if index not in self._embeddings:
            begun()
            self._embeddings[index] = self._segmenter.embed(np.asarray(decode_image(self._load(index).data)), cancelled=cancelled.is_set)
        self._embeddings.move_to_end(index)
        while len(self._embeddings) > KEPT:
            self._embeddings.popitem(last=False)
        return self._embeddings[index]

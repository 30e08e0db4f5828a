"""The mask that is proposed for four extreme points.

1. First cues, each pixel by itself, give a first estimate.
2. With the estimate come second cues. A small network sees all of them in their surroundings; what it says and the cues themselves, at full
   resolution, are weighed for the next estimate. This is done twice.
3. A cut settles the border along the edges of the picture, for the best intersection over union that is to be expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from nblabel.assist import cue_weights
from nblabel.assist.cues import Scene, first_cues, landmarks, second_cues, share
from nblabel.assist.cuts import cut, edge_weights, expected_overlap
from nblabel.assist.network import Network, weigh
from nblabel.assist.segmenter import Cancelled, stop_if
from nblabel.assist.view import View, resize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nblabel.assist.prompts import Point
    from nblabel.assist.view import Array

__all__ = ["Proposal", "judge", "propose"]

_ROUNDS = 2
_CUT_ROUNDS = 100
_SURE = 4.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the cues said of a view: how settled each pixel is to be inside, and the log of its odds before that."""

    settled: Array
    logit: Array
    view: View

    def mask(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """Give the mask of the whole image."""
        view = self.view
        mask = np.zeros(shape, bool)
        mask[view.top : view.bottom, view.left : view.right] = resize(self.settled, (view.bottom - view.top, view.right - view.left)) > 0.5
        return mask


def propose(image: NDArray[np.uint8], extremes: tuple[Point, ...], cancelled: Cancelled) -> Proposal:
    """Find the object whose extreme points these are."""
    scene = Scene.of(image, extremes)
    first, out = first_cues(scene)
    logit = weigh(first, cue_weights.FIRST)
    for _ in range(_ROUNDS):
        stop_if(cancelled)
        logit = weigh(judge(scene, first, out, logit), cue_weights.SECOND)
    stop_if(cancelled)
    evidence = np.where(scene.inside, logit.clip(-_SURE, _SURE), -_SURE).astype(np.float32)
    worthwhile = np.where(scene.inside, evidence - np.log(expected_overlap(share(logit) * scene.inside)), -_SURE).astype(np.float32)
    settled = cut(worthwhile, edge_weights(scene.view.lab, strength=2.0), rounds=_CUT_ROUNDS)
    return Proposal(settled, evidence, scene.view)


def judge(scene: Scene, first: Array, out: Array, logit: Array) -> Array:
    """Give what `cue_weights.SECOND` weighs after an estimate: first cues, second cues and the network's judgement of all."""
    second = second_cues(scene, out, share(logit) * scene.inside)
    together = _network()(np.concatenate([first, landmarks(scene), second]))
    return np.concatenate([first, second, together[None]])


@cache
def _network() -> Network:
    return Network.read(files("nblabel.assist") / "proposal_network.npz")

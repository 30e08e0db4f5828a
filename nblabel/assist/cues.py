"""Cues: for each pixel near four extreme points, numbers that speak for or against its being part of the object.

First cues come from the picture and the points alone. Second cues ask the same questions again, once there is an estimate of the object. Landmarks
say nothing by themselves and are for a network that sees them together (`nblabel.assist.network`). What a cue is worth is learned
(`nblabel.assist.cue_weights`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.assist.colors import Palette
from nblabel.assist.geodesic import distances, path, smooth_along
from nblabel.assist.outlines import Place, depth_in_polygon, enclosed, pixel, sectors, seeds_at
from nblabel.assist.view import View, box_mean, gradient

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nblabel.assist.prompts import Point
    from nblabel.assist.view import Array

__all__ = ["FIRST", "LANDMARKS", "SECOND", "SIDE", "Scene", "first_cues", "landmarks", "odds", "second_cues", "share"]

FIRST = (
    *("ellipse", "quadrilateral", "in quadrilateral", "box border"),
    *("edge outline", "edge outline around", "sector outline", "sector outline around"),
    *("fine color", "coarse color", "texture", "local color"),
    *("fine color near", "coarse color near", "local color near", "texture around", "coarse color around", "local color around"),
    *("fine color along", "coarse color along", "local color along"),
    *("way out by edges", "way out or in by edges", "way out or in by color", "way out through object"),
    *("distance from spine", "way out or to spine"),
    *("separable", "separable by texture", "fill of edge outline", "fill of quadrilateral"),
)
SECOND = (
    *("estimate", "estimate around", "estimate along"),
    *("second fine color", "second coarse color", "second texture", "second fine color near", "second coarse color near"),
    *("second coarse color around", "second texture around", "second fine color along", "second coarse color along"),
    *(
        "second way out or in by edges",
        "second way out or in by color",
        "second distance from spine",
        "second way out or to spine",
        "second separable",
    ),
)
LANDMARKS = ("edges", "extreme points", "in box", "outside")
SIDE = 128
"""Pixels of the longer side of a scene, at most."""
_MARGIN = 0.25
_FAR = 400.0
_LIMIT = 6.0


@dataclass(frozen=True)
class Scene:
    """What is looked at around four extreme points.

    Attributes
    ----------
    view : View
        The box around the points and a margin.
    corners : list of (x, y)
        Top, right, bottom and left extreme point, in the view.
    box : (left, top, right, bottom)
        The box around them.
    size : float
        Half the geometric mean of its sides.
    inside, ring : (height, width) bool array
        Pixels in the box; and those beyond it, which are certainly not of the object.
    edges : (height, width) float32 array
        Strength of edges, about 1 where they are strong.
    fine, coarse, texture : Palette
        Colours, and brightness with its variation near and around.
    """

    view: View
    corners: list[Place]
    box: tuple[float, float, float, float]
    size: float
    inside: NDArray[np.bool_]
    ring: NDArray[np.bool_]
    edges: Array
    fine: Palette
    coarse: Palette
    texture: Palette

    @classmethod
    def of(cls, image: NDArray[np.uint8], extremes: tuple[Point, ...]) -> Scene:
        """Look at an image around four extreme points."""
        x, y = [point.x for point in extremes], [point.y for point in extremes]
        width, height = max(max(x) - min(x), 4), max(max(y) - min(y), 4)
        margin = _MARGIN * (width + height) / 2
        view = View.of(image, min(x) - margin, min(y) - margin, max(x) + margin, max(y) + margin, side=SIDE)
        places = [view.place(point) for point in extremes]
        top, bottom = min(places, key=lambda place: place[1]), max(places, key=lambda place: place[1])
        left, right = min(places), max(places)
        box = (left[0] - 0.5, top[1] - 0.5, right[0] + 0.5, bottom[1] + 0.5)
        rows, columns = _grid(view.shape)
        inside = (columns >= box[0]) & (columns <= box[2]) & (rows >= box[1]) & (rows <= box[3])
        inside[pixel((left[0], top[1]), view.shape)] = True  # however small it is, the box has a pixel
        slack = 1.5
        ring = (columns < box[0] - slack) | (columns > box[2] + slack) | (rows < box[1] - slack) | (rows > box[3] + slack)
        if not ring.any():  # the box fills the image: its corners are the most likely to be outside
            ring = _ellipse(box, view.shape) < -0.3
        strength = gradient(view.lab)
        light = view.lab[..., 0]
        means = box_mean(np.stack([light, light * light]), 2)
        rough = np.sqrt(np.maximum(means[1] - means[0] ** 2, 0))
        detail = np.abs(light - box_mean(light, 1))
        texture = np.stack([box_mean(light, 3), 2 * box_mean(rough, 2), 4 * box_mean(detail, 3)], axis=-1)
        return cls(
            view=view,
            corners=[top, right, bottom, left],
            box=box,
            size=float(np.sqrt((box[2] - box[0]) * (box[3] - box[1])) / 2),
            inside=inside,
            ring=ring,
            edges=strength / (np.percentile(strength[inside], 90) + np.float32(0.02)),
            fine=Palette.of(view.lab, 16),
            coarse=Palette.of(view.lab, 8),
            texture=Palette.of(texture, 8),
        )

    def radius(self, part: float) -> int:
        """Give a radius in pixels as a part of the size."""
        return max(1, round(self.size * part))

    @property
    def crossing(self) -> Array:
        """Cost of a step that crosses edges."""
        return np.float32(0.03) + self.edges

    @property
    def along(self) -> Array:
        """Cost of a step for averages that stay within edges."""
        return np.asarray(2 / self.size + self.edges / 2, np.float32)


def first_cues(scene: Scene) -> tuple[Array, Array]:
    """Give the first cues, (len(FIRST), height, width), and the length of the cheapest way out, which the second cues need again."""
    shape, size = scene.view.shape, scene.size
    inside, ring = scene.inside, scene.ring.astype(np.float32)
    ellipse = _ellipse(scene.box, shape)
    quadrilateral = depth_in_polygon(scene.corners, shape) / np.float32(size)
    beyond = np.where(inside, np.float32(0), np.float32(3))
    likely = share(6 * quadrilateral) * (inside & (ellipse > -0.1))
    around = ring + 1e-3 * (quadrilateral < 0)
    fine, coarse, texture = (palette.log_ratio(likely, around) for palette in (scene.fine, scene.coarse, scene.texture))
    local = _local_ratio(scene, likely, ring)
    near = box_mean(np.stack([fine, coarse, local]), scene.radius(0.06))
    wide = box_mean(np.stack([texture, coarse, local]), scene.radius(0.13))
    along = smooth_along(np.where(inside, np.stack([fine, coarse, local]), np.float32(-3)), scene.along, 1.0)

    on_edges = np.exp(-3 * scene.edges) + np.float32(0.03) + beyond
    sector = np.where(sectors(scene.corners, scene.box, shape), np.float32(0), np.float32(6))
    deep = on_edges + 6 * ellipse.clip(0, 1) * np.exp(-3 * scene.edges)
    skeleton = _skeleton_cost(scene, near[2] + np.float32(0.3) * texture)
    seeds = seeds_at(scene.corners, shape)
    costs = np.concatenate([np.broadcast_to(on_edges, (4, *shape)), deep + sector, np.broadcast_to(skeleton, (2, *shape))])
    away = distances(np.concatenate([seeds, seeds, seeds[:2]]), costs)
    outlines = np.stack([enclosed(scene.corners, away[:4]), enclosed(scene.corners, away[4:8])])
    soft = box_mean(outlines, scene.radius(0.13))
    spine = _spine(scene, away[8:])
    core = (quadrilateral > 0.1) & (soft[0] > 0.5) & inside
    if core.sum() < 4:
        core = (ellipse > 0.3) | spine
    change = np.float32(0.01) + _change(share(near[1]))
    ones = np.ones(shape, np.float32)
    ways = distances(
        np.stack([scene.ring, core, scene.ring, core, scene.ring, spine, spine]),
        np.stack([scene.crossing, scene.crossing, change, change, share(1.5 * near[2]) + np.float32(0.02), ones, scene.crossing]),
    )
    out, to_core, out_by_color, to_core_by_color, through, from_spine, to_spine = np.minimum(ways, _FAR)
    rows, columns = _grid(shape)
    left, top, right, bottom = scene.box
    border = np.minimum(np.minimum(columns - left, right - columns), np.minimum(rows - top, bottom - rows)) / size
    flat = [np.abs(local)[inside].mean() / 3, np.abs(texture)[inside].mean() / 3, outlines[0][inside].mean(), (quadrilateral > 0)[inside].mean()]
    return _stack(
        [
            *(ellipse, quadrilateral, (quadrilateral > 0) - 0.5, border.clip(-0.2, 0.5)),
            *(outlines[0] - 0.5, soft[0] - 0.5, outlines[1] - 0.5, soft[1] - 0.5),
            *(fine, coarse, texture, local),
            *near,
            *wide,
            *along,
            *((out / size).clip(0, 3), _either(out, to_core), _either(out_by_color, to_core_by_color), (through / size).clip(0, 2)),
            *((from_spine / size).clip(0, 2), _either(out, to_spine)),
            *flat,
        ],
        shape,
    ), out


def landmarks(scene: Scene) -> Array:
    """Give the edges and where the extreme points and the box are, (len(LANDMARKS), height, width)."""
    rows, columns = _grid(scene.view.shape)
    reach = np.float32(2 * np.square(0.16 * scene.size))
    points = sum(np.exp(-(np.square(rows - y) + np.square(columns - x)) / reach) for x, y in scene.corners)
    return _stack([np.minimum(scene.edges, 3), points, scene.inside, scene.ring], scene.view.shape)


def second_cues(scene: Scene, out: Array, estimate: Array) -> Array:
    """Give the second cues, (len(SECOND), height, width), for an estimate of the object: how likely each pixel is part of it."""
    shape, size = scene.view.shape, scene.size
    inner = np.square(estimate * scene.inside)
    outer = np.square((1 - estimate) * np.where(scene.ring, 1, 0.6))
    fine, coarse, texture = (palette.log_ratio(inner, outer) for palette in (scene.fine, scene.coarse, scene.texture))
    near = box_mean(np.stack([fine, coarse]), scene.radius(0.05))
    wide = box_mean(np.stack([coarse, texture, estimate]), scene.radius(0.13))
    along = smooth_along(np.stack([fine, coarse, estimate]), scene.along, 1.0)
    away = distances(seeds_at(scene.corners[:2], shape), _skeleton_cost(scene, odds(box_mean(estimate, 1)))[None], sweeps=1)
    spine = _spine(scene, away)
    core = (estimate > 0.85) & scene.inside
    if core.sum() < 4:
        core = estimate >= np.sort(estimate, axis=None)[-4:][0]
    change = np.float32(0.01) + _change(share(near[1]))
    ways = distances(
        np.stack([core, scene.ring, core, spine, spine]),
        np.stack([scene.crossing, change, change, np.ones(shape, np.float32), scene.crossing]),
        sweeps=1,
    )
    to_core, out_by_color, to_core_by_color, from_spine, to_spine = np.minimum(ways, _FAR)
    return _stack(
        [
            *(odds(estimate), wide[2] - 0.5, odds(along[2])),
            *(fine, coarse, texture, *near, wide[0], wide[1], along[0], along[1]),
            *(_either(out, to_core), _either(out_by_color, to_core_by_color), (from_spine / size).clip(0, 2), _either(out, to_spine)),
            np.abs(coarse)[scene.inside].mean() / 3,
        ],
        shape,
    )


def share(logit: Any) -> Array:
    """Turn the log of odds into a probability."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))), np.float32)


def odds(probability: Any) -> Array:
    """Turn a probability into the log of its odds, which stays below about 5."""
    return np.asarray(np.log((probability + 0.007) / (1.007 - probability)), np.float32)


def _grid(shape: tuple[int, int]) -> Array:
    """Give the rows and columns of the pixels' centres."""
    return np.mgrid[: shape[0], : shape[1]].astype(np.float32) + np.float32(0.5)


def _ellipse(box: tuple[float, float, float, float], shape: tuple[int, int]) -> Array:
    """Give how deep pixels are in the ellipse of a box: 1 in the middle, 0 on it, below 0 outside."""
    left, top, right, bottom = box
    rows, columns = _grid(shape)
    across, down = (2 * columns - left - right) / (right - left), (2 * rows - top - bottom) / (bottom - top)
    return np.asarray(1 - np.sqrt(across**2 + down**2), np.float32)


def _local_ratio(scene: Scene, likely: Array, ring: Array) -> Array:
    """Compare colours with those beyond the sides of the box that are nearest."""
    left, top, right, bottom = scene.box
    rows, columns = _grid(scene.view.shape)
    object_density = scene.coarse.density(likely).ravel()[scene.coarse.bins]
    total, weights = np.zeros(scene.view.shape, np.float32), np.zeros(scene.view.shape, np.float32)
    width, height = right - left, bottom - top
    for away in ((rows - top) / height, (bottom - rows) / height, (columns - left) / width, (right - columns) / width):
        density = scene.coarse.density(ring * np.exp(-np.square(away.clip(0, None) / 0.3)) + 1e-6)
        weight = np.exp(-np.square(away.clip(0, 1) / np.float32(0.4)))
        total += weight * density.ravel()[scene.coarse.bins]
        weights += weight
    return np.asarray(np.log((object_density + 3e-4) / (total / weights + 3e-4)), np.float32)


def _skeleton_cost(scene: Scene, logit: Array) -> Array:
    """Give the cost of a step for paths that run inside the object."""
    cost = share(-1.5 * logit) + 0.05 + 0.15 * np.minimum(scene.edges, 2) + 3 * ~scene.inside
    return np.asarray(cost, np.float32)


def _spine(scene: Scene, away: Array) -> NDArray[np.bool_]:
    """Give the paths from top to bottom and from right to left; `away` has the distances from the top and from the right."""
    spine = np.zeros(scene.view.shape, bool)
    for plane, end in zip(away, scene.corners[2:], strict=True):
        for place in path(plane, pixel(end, scene.view.shape)):
            spine[place] = True
    return spine


def _change(plane: Array) -> Array:
    """Give how much a plane changes from each pixel to the next ones."""
    return np.abs(np.diff(plane, axis=0, append=plane[-1:])) + np.abs(np.diff(plane, axis=1, append=plane[:, -1:]))


def _either(out: Array, to: Array) -> Array:
    """Compare two ways: 1 where the second is nothing, -1 where the first is."""
    return np.asarray((out - to) / (out + to + 1e-3), np.float32)


def _stack(cues: list[Any], shape: tuple[int, int]) -> Array:
    return np.stack([np.broadcast_to(np.asarray(cue, np.float32), shape) for cue in cues]).clip(-_LIMIT, _LIMIT)

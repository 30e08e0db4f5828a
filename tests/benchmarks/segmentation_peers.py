"""Classical segmentation from four extreme points, with the packages that are installed here: OpenCV and scikit-image."""

from __future__ import annotations

import numpy as np
from PIL import Image

try:
    import cv2
except ImportError:
    cv2 = None
try:
    from skimage.graph import route_through_array
    from skimage.segmentation import random_walker
except ImportError:
    random_walker = None

ITERATIONS = 5
WALKER_SIDE = 200


def _box(points):
    x, y = np.array(points).T
    return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1


def _cut(image, mask, box, mode):
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    left, top, right, bottom = box
    try:
        cv2.grabCut(np.ascontiguousarray(image[..., ::-1]), mask, (left, top, right - left, bottom - top), *models, ITERATIONS, mode)
    except cv2.error:  # where there is nothing outside, as with an object that fills the picture
        return np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))
    return np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))


def grab_cut_from_box(image, points):
    """GrabCut from the rectangle around the points."""
    return _cut(image, np.zeros(image.shape[:2], np.uint8), _box(points), cv2.GC_INIT_WITH_RECT)


def grab_cut_from_outline(image, points):
    """GrabCut from the polygon of the cheapest paths along edges between neighbouring points, its middle sure to be inside."""
    left, top, right, bottom = _box(points)
    outline = _edge_outline(image, points)
    mask = np.full(image.shape[:2], cv2.GC_BGD, np.uint8)
    mask[top:bottom, left:right] = cv2.GC_PR_BGD
    mask[outline] = cv2.GC_PR_FGD
    depth = cv2.distanceTransform(outline.astype(np.uint8), cv2.DIST_L2, 3)
    mask[depth > 0.5 * depth.max()] = cv2.GC_FGD
    return _cut(image, mask, (left, top, right, bottom), cv2.GC_INIT_WITH_MASK)


def _around(points):
    middle = np.mean(points, axis=0)
    return sorted(points, key=lambda point: np.arctan2(point[1] - middle[1], point[0] - middle[0]))


def _filled(shape, line):
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.array(line, np.int32)], 1)
    return mask > 0


def _edge_outline(image, points):
    left, top, right, bottom = _box(points)
    gray = cv2.GaussianBlur(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), (0, 0), 1).astype(np.float32)
    strength = np.hypot(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1))[top:bottom, left:right]
    cost = np.exp(-strength / (strength.mean() + 1e-6)) + 0.03
    ordered = _around(points)
    line = []
    for here, there in zip(ordered, [*ordered[1:], ordered[0]], strict=True):
        ends = [(min(int(y) - top, cost.shape[0] - 1), min(int(x) - left, cost.shape[1] - 1)) for x, y in (here, there)]
        line += [(column + left, row + top) for row, column in route_through_array(cost, *ends)[0]]
    return _filled(image.shape[:2], line)


def intelligent_scissors(image, points):
    """OpenCV's intelligent scissors from point to point."""
    tool = cv2.segmentation.IntelligentScissorsMB()
    tool.setEdgeFeatureCannyParameters(32, 100)
    tool.setGradientMagnitudeMaxLimit(200)
    tool.applyImage(np.ascontiguousarray(image))
    ordered = [(int(x), int(y)) for x, y in _around(points)]
    line = []
    for here, there in zip(ordered, [*ordered[1:], ordered[0]], strict=True):
        tool.buildMap(here)
        line += tool.getContour(there).reshape(-1, 2).tolist()
    return _filled(image.shape[:2], line)


def walk_randomly(image, points):
    """Random walker from the middle of the polygon of the points and from outside the box."""
    left, top, right, bottom = _box(points)
    margin = max(4, (right - left + bottom - top) // 10)
    x0, y0, x1, y1 = max(left - margin, 0), max(top - margin, 0), min(right + margin, image.shape[1]), min(bottom + margin, image.shape[0])
    factor = min(1.0, WALKER_SIDE / max(x1 - x0, y1 - y0))
    size = max(round((x1 - x0) * factor), 8), max(round((y1 - y0) * factor), 8)
    small = np.asarray(Image.fromarray(np.ascontiguousarray(image[y0:y1, x0:x1])).resize(size, Image.Resampling.BOX)) / 255
    rows, columns = np.mgrid[: size[1], : size[0]]
    columns, rows = columns * (x1 - x0) / size[0] + x0, rows * (y1 - y0) / size[1] + y0
    seeds = np.where((columns < left) | (columns >= right) | (rows < top) | (rows >= bottom), 2, 0)
    middle = np.mean(points, axis=0)
    inner = _filled(
        seeds.shape, [((middle[0] + 0.4 * (x - middle[0]) - x0) * factor, (middle[1] + 0.4 * (y - middle[1]) - y0) * factor) for x, y in points]
    )
    seeds[inner] = 1
    if not (seeds == 2).any():
        return np.ones(image.shape[:2], bool)
    found = random_walker(small, seeds, beta=130, mode="cg_j", channel_axis=-1, tol=1e-2)
    mask = np.zeros(image.shape[:2], bool)
    mask[y0:y1, x0:x1] = np.asarray(Image.fromarray((found == 1).astype(np.uint8)).resize((x1 - x0, y1 - y0), Image.Resampling.NEAREST)) > 0
    return mask


PEERS = {}
if cv2 is not None:
    PEERS["GrabCut from the box"] = grab_cut_from_box
    PEERS["intelligent scissors"] = intelligent_scissors
if random_walker is not None:
    PEERS["random walker"] = walk_randomly
if cv2 is not None and random_walker is not None:
    PEERS["GrabCut from edge paths"] = grab_cut_from_outline

"""The numerical parts of the default segmenter, against plain and slow ways to the same answer."""

from __future__ import annotations

import heapq
from itertools import product

import numpy as np
import pytest

from nblabel.assist.colors import Palette
from nblabel.assist.cuts import cut, edge_weights
from nblabel.assist.geodesic import FAR, distances, path, smooth_along
from nblabel.assist.network import Network, weigh
from nblabel.assist.outlines import depth_in_polygon, enclosed, seeds_at
from nblabel.assist.prompts import Mark, Point
from nblabel.assist.view import View, box_mean, doubled, halved, to_lab

RANDOM = np.random.default_rng(5)


def dijkstra(seeds, cost):
    height, width = cost.shape
    found = np.where(seeds, 0.0, np.inf)
    queue = [(0.0, int(row), int(column)) for row, column in np.argwhere(seeds)]
    while queue:
        so_far, row, column = heapq.heappop(queue)
        for r, c in product((row - 1, row, row + 1), (column - 1, column, column + 1)):
            if 0 <= r < height and 0 <= c < width and (r, c) != (row, column):
                total = so_far + np.hypot(r - row, c - column) * (cost[r, c] + cost[row, column]) / 2
                if total < found[r, c] - 1e-9:
                    found[r, c] = total
                    heapq.heappush(queue, (total, r, c))
    return found


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (14, 17)])
def test_distances_are_dijkstras(shape):
    cost = RANDOM.uniform(0.1, 2, (2, *shape)).astype(np.float32)
    seeds = np.zeros((2, *shape), bool)
    seeds[0, 0, 0] = seeds[1, -1, shape[1] // 2] = True
    found = distances(seeds, cost, sweeps=6)
    for plane in range(2):
        assert found[plane] == pytest.approx(dijkstra(seeds[plane], cost[plane]), rel=1e-3, abs=1e-3)


def test_distances_without_seeds_are_far():
    assert (distances(np.zeros((3, 4), bool), np.ones((3, 4), np.float32)) == FAR).all()


def test_path_goes_round_an_obstacle():
    cost = np.ones((9, 9), np.float32)
    cost[:8, 4] = 100
    seeds = np.zeros((9, 9), bool)
    seeds[0, 0] = True
    way = path(distances(seeds, cost), (0, 8))
    assert way[0] == (0, 8)
    assert way[-1] == (0, 0)
    assert (8, 4) in way


def test_cut_is_the_best_of_all_divisions():
    for _ in range(5):
        evidence = RANDOM.normal(0, 1, (3, 4)).astype(np.float32)
        weights = tuple(RANDOM.uniform(0.1, 1, shape).astype(np.float32) for shape in ((3, 3), (2, 4)))

        def worth(inside, evidence=evidence, weights=weights):
            borders = (weights[0] * (np.diff(inside, axis=1) != 0)).sum() + (weights[1] * (np.diff(inside, axis=0) != 0)).sum()
            return (evidence * inside).sum() - borders

        best = max(worth(np.reshape(bits, (3, 4)).astype(float)) for bits in product((0, 1), repeat=12))
        assert worth((cut(evidence, weights, rounds=400) > 0.5).astype(float)) == pytest.approx(best, abs=1e-3)


def test_borders_are_cheap_where_colors_differ():
    lab = np.zeros((4, 6, 3), np.float32)
    lab[:, 3:] = 0.5
    across, down = edge_weights(lab, strength=2.0)
    assert across[:, 2].max() < across[:, [0, 1, 3, 4]].min()
    assert down == pytest.approx(2.1)


def test_box_mean():
    plane = RANDOM.normal(size=(7, 5)).astype(np.float32)
    for radius in (1, 3, 9):
        slow = [[plane[max(r - radius, 0) : r + radius + 1, max(c - radius, 0) : c + radius + 1].mean() for c in range(5)] for r in range(7)]
        assert box_mean(plane, radius) == pytest.approx(np.array(slow), abs=1e-5)


def test_smoothing_keeps_within_walls():
    planes = np.zeros((1, 8, 20), np.float32)
    planes[:, :, :10] = 1
    cost = np.full((8, 20), 0.01, np.float32)
    planes[0, 4, 4] = 5
    smoothed = smooth_along(planes, cost, 1.0)
    assert smoothed[0, 4, 15] > 0.2, "without a wall it mixes"
    cost[:, 9:11] = 50
    smoothed = smooth_along(planes, cost, 1.0)
    assert smoothed[0, :, 11:].max() < 0.01
    assert smoothed[0, :, :9].min() > 0.99
    assert smoothed[0, 4, 4] < 2


def test_smoothing_is_the_recursive_filter():
    plane, cost = RANDOM.uniform(0, 1, (6, 9)), RANDOM.uniform(0, 2, (6, 9))
    expected = plane.copy()
    for sigma in (2 * np.sqrt(3 / 15), np.sqrt(3 / 15)):
        for lines, costs in ((expected.T, cost.T), (expected, cost)):
            keep = np.exp(-np.sqrt(2) / sigma * (costs[1:] + costs[:-1]) / 2)
            for number in range(1, len(lines)):
                lines[number] += keep[number - 1] * (lines[number - 1] - lines[number])
            for number in range(len(lines) - 2, -1, -1):
                lines[number] += keep[number] * (lines[number + 1] - lines[number])
    assert smooth_along(plane[None].astype(np.float32), cost.astype(np.float32), 1.0)[0] == pytest.approx(expected, abs=1e-5)


def test_palette_tells_colors_apart():
    channels = RANDOM.normal(0, 0.02, (20, 30, 3))
    channels[:, 15:, 1] += 0.5
    left = np.zeros((20, 30))
    left[:, :10] = 1
    ratio = Palette.of(channels.astype(np.float32), 8).log_ratio(left, 1 - left)
    assert ratio[:, :15].mean() > 0.5
    assert ratio[:, 15:].mean() < -2


def test_depth_in_polygon():
    depth = depth_in_polygon([(5, 0), (10, 5), (5, 10), (0, 5)], (10, 10))
    assert depth[5, 5] == pytest.approx(5 / np.sqrt(2) - 1 / np.sqrt(2), abs=0.01)
    assert depth[0, 0] < 0
    assert ((depth > 0).sum(), (depth >= 0).sum()) == (40, 60)


def test_enclosed_by_a_square_of_edges():
    cost = np.ones((20, 20), np.float32)
    cost[[4, 15], 4:16] = cost[4:16, [4, 15]] = 0.01
    corners = [(9.5, 4.5), (15.5, 9.5), (9.5, 15.5), (4.5, 9.5)]
    inside = enclosed(corners, distances(seeds_at(corners, (20, 20)), cost[None]))
    assert inside[4:16, 5:15].all()
    assert inside.sum() == 140, "paths cut the corners"


def test_lab_of_known_colors():
    known = {(255, 0, 0): (53.24, 80.09, 67.20), (0, 0, 255): (32.30, 79.19, -107.86), (128, 128, 128): (53.59, 0, 0)}
    assert to_lab(np.array([list(known)], np.uint8))[0] * 100 == pytest.approx(np.array(list(known.values())), abs=0.05)


def test_view_is_cut_at_the_image():
    image = np.zeros((100, 200, 3), np.uint8)
    view = View.of(image, -20, 50, 90, 400, side=45)
    assert (view.left, view.top, view.right, view.bottom) == (0, 50, 90, 100)
    assert view.shape == (25, 45)
    assert view.place(Point(10, 60)) == (5, 5)


def test_pixels_of_a_line_touch():
    rows, columns = Mark((Point(1, 1), Point(50.2, 13.9), Point(50.2, 80), Point(3, 99.9))).pixels(width=100, height=100)
    assert max(np.abs(np.diff(rows)).max(), np.abs(np.diff(columns)).max()) == 1
    assert (rows[0], columns[0], rows[-1], columns[-1]) == (1, 1, 99, 3)


def convolve_slowly(planes, kernel, bias):
    out, _, side, _ = kernel.shape
    around = np.pad(planes, ((0, 0), (side // 2, side // 2), (side // 2, side // 2)))
    _, height, width = planes.shape
    found = [[[(kernel[o] * around[:, r : r + side, c : c + side]).sum() + bias[o] for c in range(width)] for r in range(height)] for o in range(out)]
    return np.array(found)


@pytest.fixture
def network():
    random = np.random.default_rng(11)
    shapes = [(4, 3, 1, 1), *[(4, 4, 3, 3)] * 7, (1, 4, 1, 1)]
    kernels = [random.normal(0, 0.15, shape).astype(np.float32) for shape in shapes]
    return Network(8, np.array([1, 2, 4], np.float32), kernels, [random.normal(0, 0.1, shape[0]).astype(np.float32) for shape in shapes])


def judge_slowly(network, half):
    planes = np.zeros((len(half), network.side, network.side))
    planes[:, : half.shape[1], : half.shape[2]] = half
    first, *steps, last = zip(network.kernels, network.biases, strict=True)
    planes = np.maximum(convolve_slowly(planes, *first), 0)
    skips = []
    for number, layer in enumerate(steps):
        if number > 3:
            planes = skips.pop() + np.kron(planes, np.ones((1, 2, 2)))
        planes = planes + np.maximum(convolve_slowly(planes, *layer), 0)
        if number < 3:
            skips.append(planes)
            planes = planes.reshape(4, planes.shape[1] // 2, 2, planes.shape[2] // 2, 2).mean(axis=(2, 4))
    return convolve_slowly(planes, *last)[0, : half.shape[1], : half.shape[2]]


def test_network_is_the_encoder_and_decoder_that_it_says(network):
    cues = RANDOM.normal(size=(3, 14, 11)).astype(np.float32)
    half = halved(cues) / network.spread[:, None, None]
    ways = [np.s_[::down, ::across] for down in (1, -1) for across in (1, -1)]
    expected = np.mean([judge_slowly(network, half[:, *way])[way] for way in ways], axis=0)
    assert expected.std() > 0.01
    assert np.abs(expected).max() < 6
    assert network(cues) == pytest.approx(doubled(expected, (14, 11)).clip(-6, 6), abs=1e-4)


def test_network_is_written_in_bytes_and_read(network, tmp_path):
    network.write(tmp_path / "small_network.npz")
    read = Network.read(tmp_path / "small_network.npz")
    assert read.side == network.side
    assert (read.spread == network.spread).all()
    for there, here in zip(read.kernels, network.kernels, strict=True):
        assert there.shape == here.shape
        assert (np.abs(there - here).max(axis=(1, 2, 3)) <= np.abs(here).max(axis=(1, 2, 3)) / 250).all()
    assert all((there == here).all() for there, here in zip(read.biases, network.biases, strict=True))


def test_halved_and_doubled():
    planes = np.arange(15, dtype=np.float32).reshape(1, 3, 5)
    assert halved(planes).tolist() == [[[3, 5, 6.5], [10.5, 12.5, 14]]]
    flat = np.full((1, 7, 9), 3, np.float32)
    assert doubled(halved(flat)[0], (7, 9)).tolist() == flat[0].tolist()


def test_weigh():
    assert weigh(np.array([[[1, 2]], [[10, 20]]], np.float32), np.array([3, 0.5, -1], np.float32)).tolist() == [[7, 15]]

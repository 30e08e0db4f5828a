"""What cues are worth; written by ``tests/benchmarks/cue_weights.py``, learned from generated pictures only. The constant comes last."""

from __future__ import annotations

import numpy as np

__all__ = ["CORRECTION", "FIRST", "SECOND"]

FIRST = np.array(
    [
        -0.4822,  # ellipse
        0.5965,  # quadrilateral
        0.0468,  # in quadrilateral
        -0.5090,  # box border
        0.6269,  # edge outline
        0.4508,  # edge outline around
        0.9047,  # sector outline
        0.4885,  # sector outline around
        0.0464,  # fine color
        0.1858,  # coarse color
        0.1538,  # texture
        0.2414,  # local color
        0.6188,  # fine color near
        0.0511,  # coarse color near
        0.0081,  # local color near
        -0.0196,  # texture around
        -0.4702,  # coarse color around
        -0.5804,  # local color around
        0.5021,  # fine color along
        0.1627,  # coarse color along
        0.2466,  # local color along
        -0.0639,  # way out by edges
        -0.4175,  # way out or in by edges
        0.5309,  # way out or in by color
        -0.1566,  # way out through object
        -0.2213,  # distance from spine
        1.8672,  # way out or to spine
        0.0259,  # separable
        0.2492,  # separable by texture
        -0.3144,  # fill of edge outline
        -0.2363,  # fill of quadrilateral
        -0.4252,  # constant
    ],
    dtype=np.float32,
)
SECOND = np.array(
    [
        -0.1482,  # ellipse
        0.3890,  # quadrilateral
        0.0425,  # in quadrilateral
        -0.1613,  # box border
        0.2335,  # edge outline
        -0.0188,  # edge outline around
        0.3944,  # sector outline
        -0.0681,  # sector outline around
        -0.2061,  # fine color
        -0.0675,  # coarse color
        0.1694,  # texture
        0.0846,  # local color
        0.1568,  # fine color near
        -0.0278,  # coarse color near
        -0.0656,  # local color near
        0.0355,  # texture around
        0.0119,  # coarse color around
        -0.2245,  # local color around
        0.1301,  # fine color along
        0.0630,  # coarse color along
        0.0191,  # local color along
        -0.2291,  # way out by edges
        -0.3249,  # way out or in by edges
        0.2276,  # way out or in by color
        -0.2998,  # way out through object
        0.2312,  # distance from spine
        0.2533,  # way out or to spine
        0.3765,  # separable
        0.0897,  # separable by texture
        -0.0746,  # fill of edge outline
        -0.0712,  # fill of quadrilateral
        0.3653,  # estimate
        -0.0445,  # estimate around
        0.5592,  # estimate along
        0.2524,  # second fine color
        0.1680,  # second coarse color
        -0.1460,  # second texture
        0.2380,  # second fine color near
        0.0820,  # second coarse color near
        -0.1494,  # second coarse color around
        -0.0254,  # second texture around
        -0.2030,  # second fine color along
        -0.0472,  # second coarse color along
        -0.0579,  # second way out or in by edges
        -0.0258,  # second way out or in by color
        -0.0420,  # second distance from spine
        0.7969,  # second way out or to spine
        -0.2350,  # second separable
        -0.0249,  # constant
    ],
    dtype=np.float32,
)
CORRECTION = np.array(
    [
        0.0557,  # straight
        -1.1493,  # straight log
        0.1360,  # edges
        -0.9178,  # edges log
        0.0385,  # color
        0.5692,  # color ratio
        0.6370,  # color ratio around
        0.2317,  # prior
        -1.6315,  # border
        -0.8920,  # depth
        0.6817,  # constant
    ],
    dtype=np.float32,
)

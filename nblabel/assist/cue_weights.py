"""What cues are worth; written by ``tests/benchmarks/cue_weights.py``, learned from generated pictures only. The constant comes last."""

from __future__ import annotations

import numpy as np

__all__ = ["CORRECTION", "FIRST", "SECOND"]

FIRST = np.array(
    [
        -0.5774,  # ellipse
        0.6424,  # quadrilateral
        -0.0718,  # in quadrilateral
        -0.6161,  # box border
        0.4945,  # edge outline
        0.3827,  # edge outline around
        0.8354,  # sector outline
        0.3217,  # sector outline around
        0.1076,  # fine color
        -0.0506,  # coarse color
        0.1757,  # texture
        0.2801,  # local color
        0.3883,  # fine color near
        0.0202,  # coarse color near
        0.2025,  # local color near
        0.0967,  # texture around
        -0.4340,  # coarse color around
        -0.4000,  # local color around
        0.5283,  # fine color along
        0.0540,  # coarse color along
        0.3482,  # local color along
        -0.1278,  # way out by edges
        -0.2789,  # way out or in by edges
        0.3523,  # way out or in by color
        -0.5299,  # way out through object
        -0.0837,  # distance from spine
        1.6011,  # way out or to spine
        -0.1434,  # separable
        0.1816,  # separable by texture
        -0.1952,  # fill of edge outline
        0.0951,  # fill of quadrilateral
        -0.4955,  # constant
    ],
    dtype=np.float32,
)
SECOND = np.array(
    [
        -0.0331,  # ellipse
        0.2803,  # quadrilateral
        0.0221,  # in quadrilateral
        -0.0982,  # box border
        0.1417,  # edge outline
        -0.0361,  # edge outline around
        0.2047,  # sector outline
        -0.3135,  # sector outline around
        -0.3150,  # fine color
        -0.2171,  # coarse color
        0.0981,  # texture
        0.1673,  # local color
        -0.1262,  # fine color near
        -0.1234,  # coarse color near
        -0.0544,  # local color near
        0.1361,  # texture around
        0.1322,  # coarse color around
        0.0711,  # local color around
        0.1958,  # fine color along
        -0.0771,  # coarse color along
        0.1828,  # local color along
        -0.0859,  # way out by edges
        -0.0958,  # way out or in by edges
        0.0189,  # way out or in by color
        -0.0624,  # way out through object
        0.0080,  # distance from spine
        -0.0281,  # way out or to spine
        -0.0480,  # separable
        -0.1483,  # separable by texture
        0.0661,  # fill of edge outline
        0.2303,  # fill of quadrilateral
        -0.3836,  # estimate
        -0.6775,  # estimate around
        -0.2806,  # estimate along
        0.3560,  # second fine color
        0.2704,  # second coarse color
        -0.0991,  # second texture
        -0.1230,  # second fine color near
        -0.1624,  # second coarse color near
        -0.2158,  # second coarse color around
        0.0223,  # second texture around
        0.0960,  # second fine color along
        0.0947,  # second coarse color along
        -0.1146,  # second way out or in by edges
        -0.3553,  # second way out or in by color
        -0.0633,  # second distance from spine
        0.1510,  # second way out or to spine
        0.0762,  # second separable
        1.2764,  # network
        0.2552,  # constant
    ],
    dtype=np.float32,
)
CORRECTION = np.array(
    [
        0.1190,  # straight
        0.0756,  # straight log
        0.0468,  # edges
        -0.3268,  # edges log
        0.0338,  # color
        0.4010,  # color ratio
        -0.3187,  # color ratio around
        0.1864,  # prior
        -0.1403,  # border
        0.0169,  # depth
        0.8171,  # network
        0.0013,  # constant
    ],
    dtype=np.float32,
)

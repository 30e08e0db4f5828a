"""What cues are worth; written by ``tests/benchmarks/cue_weights.py``, learned from generated pictures only. The constant comes last."""

from __future__ import annotations

import numpy as np

__all__ = ["CORRECTION", "FIRST", "SECOND"]

FIRST = np.array(
    [
        -0.4812,  # ellipse
        0.6015,  # quadrilateral
        0.0162,  # in quadrilateral
        -0.4641,  # box border
        0.5100,  # edge outline
        0.2797,  # edge outline around
        0.8082,  # sector outline
        0.1178,  # sector outline around
        -0.0418,  # fine color
        0.1689,  # coarse color
        0.2007,  # texture
        0.3094,  # local color
        0.6263,  # fine color near
        0.0554,  # coarse color near
        -0.0503,  # local color near
        -0.1775,  # texture around
        -0.3892,  # coarse color around
        -0.5503,  # local color around
        0.6291,  # fine color along
        0.0878,  # coarse color along
        0.1821,  # local color along
        -0.0726,  # way out by edges
        -0.2947,  # way out or in by edges
        0.5997,  # way out or in by color
        -0.1854,  # way out through object
        -0.3625,  # distance from spine
        2.1505,  # way out or to spine
        -0.0899,  # separable
        0.2116,  # separable by texture
        -0.5159,  # fill of edge outline
        -0.2018,  # fill of quadrilateral
        -0.2683,  # constant
    ],
    dtype=np.float32,
)
SECOND = np.array(
    [
        -0.1173,  # ellipse
        0.4051,  # quadrilateral
        0.0352,  # in quadrilateral
        -0.1079,  # box border
        0.1726,  # edge outline
        -0.0909,  # edge outline around
        0.3724,  # sector outline
        -0.2448,  # sector outline around
        -0.2368,  # fine color
        -0.0751,  # coarse color
        0.1906,  # texture
        0.1295,  # local color
        0.1303,  # fine color near
        -0.0540,  # coarse color near
        -0.1231,  # local color near
        0.0059,  # texture around
        0.0532,  # coarse color around
        -0.1986,  # local color around
        0.1748,  # fine color along
        0.0317,  # coarse color along
        -0.0202,  # local color along
        -0.2468,  # way out by edges
        -0.2867,  # way out or in by edges
        0.2251,  # way out or in by color
        -0.3008,  # way out through object
        0.1869,  # distance from spine
        0.2909,  # way out or to spine
        0.3152,  # separable
        0.0279,  # separable by texture
        -0.1983,  # fill of edge outline
        -0.0311,  # fill of quadrilateral
        0.3745,  # estimate
        0.0170,  # estimate around
        0.5970,  # estimate along
        0.2360,  # second fine color
        0.1697,  # second coarse color
        -0.1594,  # second texture
        0.2319,  # second fine color near
        0.1543,  # second coarse color near
        -0.1323,  # second coarse color around
        -0.0665,  # second texture around
        -0.1850,  # second fine color along
        -0.0984,  # second coarse color along
        0.0041,  # second way out or in by edges
        -0.0464,  # second way out or in by color
        -0.0138,  # second distance from spine
        0.7683,  # second way out or to spine
        -0.1807,  # second separable
        0.0491,  # constant
    ],
    dtype=np.float32,
)
CORRECTION = np.array(
    [
        0.0977,  # straight
        -0.7930,  # straight log
        0.1574,  # edges
        -1.2371,  # edges log
        -0.1449,  # color
        0.5377,  # color ratio
        0.5744,  # color ratio around
        0.5291,  # prior
        -1.2551,  # border
        -0.8650,  # depth
        0.8692,  # constant
    ],
    dtype=np.float32,
)

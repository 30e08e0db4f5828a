"""Tiny ONNX models with the inputs and outputs of the SAM family, whose answers can be told beforehand.

The encoder shrinks the image's first channel to 64 x 64. A decoder answers with discs of radius 10 (of its own 128 x 128 square) around positive
points, the box, and what it answered before; without the discs around negative points and without what is dark in the image.
"""

from __future__ import annotations

import onnx.checker
import onnx.parser

_HEAD = '<ir_version: 8, opset_import: ["": 17]>'

# In a text model every constant has its place; the points are (1, n, 2) and (1, n), the answer is (1, 1, 64, 64).
_ANSWER = """
  two = Constant <value_float = 2.0> ()
  far = Constant <value_float = -10000.0> ()
  none = Constant <value_float = 0.0> ()
  area = Constant <value_float = 100.0> ()
  sure = Constant <value_float = 1000.0> ()
  start = Constant <value_float = 1.0> ()
  stop = Constant <value_float = 129.0> ()
  line = Range (start, stop, two)
  across = Constant <value_ints = [1, 1, 1, 64]> ()
  down = Constant <value_ints = [1, 1, 64, 1]> ()
  each = Constant <value_ints = [1, -1, 1, 1]> ()
  gx = Reshape (line, across)
  gy = Reshape (line, down)
  axis0 = Constant <value_int = 0> ()
  axis1 = Constant <value_int = 1> ()
  xs = Gather <axis = 2> (point_coords, axis0)
  ys = Gather <axis = 2> (point_coords, axis1)
  px = Reshape (xs, each)
  py = Reshape (ys, each)
  kind = Reshape (point_labels, each)
  dx = Sub (gx, px)
  dy = Sub (gy, py)
  dx2 = Mul (dx, dx)
  dy2 = Mul (dy, dy)
  d2 = Add (dx2, dy2)
  disc = Sub (area, d2)
  one = Constant <value_float = 1.0> ()
  three = Constant <value_float = 3.0> ()
  is_positive = Equal (kind, one)
  is_negative = Equal (kind, none)
  is_corner = Equal (kind, two)
  is_other = Equal (kind, three)
  positive = Where (is_positive, disc, far)
  negative = Where (is_negative, disc, far)
  near = ReduceMax <axes = [1]> (positive)
  against = ReduceMax <axes = [1]> (negative)
  beyond_x0 = Where (is_corner, dx, far)
  beyond_y0 = Where (is_corner, dy, far)
  minus_x = Neg (dx)
  minus_y = Neg (dy)
  before_x1 = Where (is_other, minus_x, far)
  before_y1 = Where (is_other, minus_y, far)
  x0 = ReduceMax <axes = [1]> (beyond_x0)
  y0 = ReduceMax <axes = [1]> (beyond_y0)
  x1 = ReduceMax <axes = [1]> (before_x1)
  y1 = ReduceMax <axes = [1]> (before_y1)
  box = Min (x0, y0, x1, y1)
  found = Max (near, box, memory)
  kept = Neg (against)
  bounded = Min (found, kept)
  light = Mul (FEATURES, sure)
  low_res_masks = Min (bounded, light)
"""

_CROP = """
  scales = Constant <value_floats = [1.0, 1.0, 2.0, 2.0]> ()
  square = Resize <mode = "linear"> (low_res_masks, , scales)
  origin = Constant <value_ints = [0, 0]> ()
  axes = Constant <value_ints = [2, 3]> ()
  size = Cast <to = 7> (orig_im_size)
  masks = Slice (square, origin, size, axes)
"""
_MEMORY = """
  sign = Constant <value_float = 1.0> ()
  much = Constant <value_float = 10000.0> ()
  given = Sub (has_mask_input, sign)
  blank = Mul (given, much)
  memory = Add (mask_input, blank)
"""
_NO_MEMORY = "memory = Constant <value_float = -10000.0> ()"
_SCORE = "iou_predictions = ReduceMax <axes = [2, 3], keepdims = 0> (low_res_masks)"
_POINTS = "float[1,n,2] point_coords, float[1,n] point_labels"
_FEEDBACK = "float[1,1,64,64] mask_input, float[1] has_mask_input"

_DECODERS = {
    "SAM": (
        f"float[1,1,64,64] image_embeddings, {_POINTS}, {_FEEDBACK}, float[2] orig_im_size",
        "float[1,1,h,w] masks, float[1,1] iou_predictions, float[1,1,64,64] low_res_masks",
        f"{_MEMORY} {_ANSWER.replace('FEATURES', 'image_embeddings')} {_CROP} {_SCORE}",
    ),
    "SAM 2": (
        f"float[1,1,64,64] image_embed, float[1,1,64,64] high_res_feats_0, float[1,1,64,64] high_res_feats_1, {_POINTS}, {_FEEDBACK}",
        "float[1,1,64,64] low_res_masks, float[1,1] iou_predictions",
        f"{_MEMORY} both = Add (high_res_feats_0, high_res_feats_1) all = Add (both, image_embed) {_ANSWER.replace('FEATURES', 'all')} {_SCORE}",
    ),
    "EdgeSAM": (  # three masks, the second of which is trusted most
        f"float[1,1,64,64] image_embeddings, {_POINTS}",
        "float[1,3] scores, float[1,3,64,64] masks",
        f"""{_NO_MEMORY} {_ANSWER.replace("FEATURES", "image_embeddings")}
        inverse = Neg (low_res_masks) masks = Concat <axis = 1> (inverse, low_res_masks, inverse)
        fixed = Constant <value_floats = [0.1, 0.9, 0.2]> () wide = Constant <value_ints = [1, 3]> () scores = Reshape (fixed, wide)""",
    ),
    "EfficientSAM": (
        "float[1,1,64,64] image_embeddings, float[1,1,n,2] batched_point_coords, float[1,1,n] batched_point_labels, int64[2] orig_im_size",
        "float[1,1,1,h,w] output_masks, float[1,1] iou_predictions",
        f"""{_NO_MEMORY} pairs = Constant <value_ints = [1, -1, 2]> () row = Constant <value_ints = [1, -1]> ()
        points = Reshape (batched_point_coords, pairs) point_labels = Reshape (batched_point_labels, row)
        last = Constant <value_ints = [1]> () first = Constant <value_ints = [0]> ()
        height = Gather <axis = 0> (orig_im_size, first) width = Gather <axis = 0> (orig_im_size, last) turned = Concat <axis = 0> (width, height)
        extent = Cast <to = 1> (turned) whole = Constant <value_float = 128.0> () share = Div (points, extent) point_coords = Mul (share, whole)
        {_ANSWER.replace("FEATURES", "image_embeddings")}
        ones = Constant <value_ints = [1, 1]> () size = Concat <axis = 0> (ones, orig_im_size)
        masks = Resize <mode = "linear"> (low_res_masks, , , size)
        output_masks = Unsqueeze (masks, first) {_SCORE}""",
    ),
}
_ENCODERS = {
    "SAM": ("float[1,3,128,128] image", "float[1,1,64,64] image_embeddings", "image_embeddings = Identity (light)"),
    "SAM 2": (
        "float[1,3,128,128] image",
        "float[1,1,64,64] high_res_feats_0, float[1,1,64,64] high_res_feats_1, float[1,1,64,64] image_embed",
        "high_res_feats_0 = Identity (light) high_res_feats_1 = Identity (light) image_embed = Identity (light)",
    ),
    "EdgeSAM": ("float[1,3,128,128] image", "float[1,1,64,64] features", "features = Identity (light)"),
    "EfficientSAM": (
        "float[b,3,h,w] batched_images",
        "float[1,1,64,64] image_embeddings",
        """half = Constant <value_float = 0.5> () centred = Sub (light, half)
        small = Constant <value_ints = [1, 1, 64, 64]> () image_embeddings = Resize <mode = "linear"> (centred, , , small)""",
    ),
}
FAMILIES = tuple(_DECODERS)


def write_models(folder, family):
    """Write the encoder and the decoder of a family; give their paths."""
    given, outputs, graph = _ENCODERS[family]
    name = given.split()[-1]
    shrink = "pooled = Identity (first)" if family == "EfficientSAM" else "pooled = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (first)"
    channel = f"zero = Constant <value_ints = [0]> () first = Gather <axis = 1> ({name}, zero) {shrink} light = Identity (pooled)"
    encoder = write_model(folder / "encoder.onnx", f"encoder ({given}) => ({outputs}) {{ {channel} {graph} }}")
    given, outputs, graph = _DECODERS[family]
    return encoder, write_model(folder / "decoder.onnx", f"decoder ({given}) => ({outputs}) {{ {graph} }}")


def write_model(path, graph):
    """Write a graph in onnx's text form as a file; give its path."""
    model = onnx.parser.parse_model(_HEAD + graph)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path

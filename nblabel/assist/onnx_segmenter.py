"""Promptable segmentation models from ONNX files that the user has: the SAM family."""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from nblabel.assist.prompts import Prompts
from nblabel.assist.segmenter import Cancelled, as_rgb, check_prompts, never, obey, stop_if
from nblabel.assist.view import resize
from nblabel.errors import AssistError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from nblabel.assist.prompts import Mark

__all__ = ["OnnxSegmenter"]

_FEATURES = {"image_embeddings", "image_embed", "high_res_feats_0", "high_res_feats_1", "interm_embeddings"}
_POINTS = ({"point_coords", "point_labels"}, {"batched_point_coords", "batched_point_labels"})
_OPTIONS = {"mask_input", "has_mask_input", "orig_im_size"}
_EXPECTED = (
    "the decoder of SAM, MobileSAM or HQ-SAM (image_embeddings, point_coords, point_labels, mask_input, has_mask_input, orig_im_size), "
    "of SAM 2 (image_embed, high_res_feats_0, high_res_feats_1, point_coords, point_labels, mask_input, has_mask_input), "
    "of EdgeSAM (image_embeddings, point_coords, point_labels) "
    "or of EfficientSAM (image_embeddings, batched_point_coords, batched_point_labels, orig_im_size)"
)
_DTYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}
_POSITIVE, _NEGATIVE, _CORNER, _OTHER_CORNER, _PADDING = 1, 0, 2, 3, -1
_SCORES = 3  # axes that scores of masks have at most
_CHANNELS = 3
_WHITE = 255
_SIDE = 1024
_SCRIBBLE = 5
_REMEMBERED = 32
_SURE = 10.0
_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_DEVIATION = np.array([58.395, 57.12, 57.375], np.float32)


@dataclass
class _Embedding:
    """An image as the model sees it: `scale` is the model's pixels per pixel across and down, `used` the (height, width) that the image fills."""

    shape: tuple[int, int]
    used: tuple[int, int]
    scale: tuple[float, float]
    features: dict[str, Any]
    answers: OrderedDict[Prompts, _Answer] = field(default_factory=OrderedDict)


@dataclass(frozen=True)
class _Answer:
    """Logits over the part of the model's square that the image fills; and what is fed back, where the model takes masks."""

    logits: NDArray[np.float32]
    memory: NDArray[np.float32] | None


class OnnxSegmenter:
    """A model of the SAM family, as encoder and decoder ONNX files.

    Parameters
    ----------
    encoder, decoder : path
        Local files that were exported together: of SAM, MobileSAM, HQ-SAM, SAM 2, EdgeSAM or EfficientSAM, told apart by the names of their inputs.
    name : str, optional
        By default that of the decoder's file.
    providers : sequence of str, optional
        Execution providers of onnxruntime, the preferred one first; by default the processor.

    Raises
    ------
    StorageError
        A file is missing.
    AssistError
        onnxruntime is not installed, a file is no ONNX model, or its inputs and outputs are none of those above; the message lists both.

    Notes
    -----
    Extreme points become the box around them, a scribble a few of its points. With each further mark the model is given what it answered before,
    where its decoder takes masks. The forms of inputs and outputs follow ``scripts/export_onnx_model.py`` of facebookresearch/segment-anything, the
    exports of yformer/EfficientSAM and chongzhou96/EdgeSAM, and, for SAM 2, vietanhdev/samexporter. The licence of the weights is their authors'.

    Examples
    --------
    >>> OnnxSegmenter("encoder.onnx", "decoder.onnx")
    Traceback (most recent call last):
    nblabel.errors.StorageError: encoder.onnx: no such file; give the local path of the encoder's ONNX file
    """

    def __init__(
        self,
        encoder: str | os.PathLike[str],
        decoder: str | os.PathLike[str],
        *,
        name: str | None = None,
        providers: Sequence[str] = ("CPUExecutionProvider",),
    ) -> None:
        self._encoder = _load(os.fspath(encoder), "encoder", providers)
        self._decoder = _load(os.fspath(decoder), "decoder", providers)
        self.name: str = name or Path(decoder).stem
        self._inputs = {entry.name: entry for entry in self._decoder.get_inputs()}
        names = set(self._inputs)
        if not any(points <= names <= points | _FEATURES | _OPTIONS for points in _POINTS):
            raise AssistError(f"{os.fspath(decoder)}: the decoder takes {_listed(self._inputs.values())}; expected {_EXPECTED}")
        self._image = _image_input(os.fspath(encoder), self._encoder.get_inputs())
        self._sources = _match(os.fspath(encoder), names & _FEATURES, self._encoder.get_outputs())

    def __repr__(self) -> str:
        return f"OnnxSegmenter({self.name})"

    def embed(self, image: NDArray[np.uint8], *, cancelled: Cancelled = never) -> _Embedding:
        """See `Segmenter.embed`."""
        rgb = as_rgb(image)
        stop_if(cancelled)
        height, width = rgb.shape[:2]
        side = self._image.side
        if "high_res_feats_0" in self._inputs:  # SAM 2 sees the image squeezed into its square
            used = side, side
        else:
            factor = side / max(height, width)
            used = max(round(height * factor), 1), max(round(width * factor), 1)
        small = np.asarray(Image.fromarray(rgb).resize(used[::-1], Image.Resampling.BILINEAR), np.float32)
        planes = self._image.arrange(small)
        found = _run(self._encoder, list(self._sources.values()), {self._image.name: planes}, "encoder")
        stop_if(cancelled)
        features = dict(zip(self._sources, found, strict=True))
        return _Embedding((height, width), used, (used[1] / width, used[0] / height), features)

    def predict(
        self, embedding: _Embedding, prompts: Prompts, previous: NDArray[np.bool_] | None = None, *, cancelled: Cancelled = never
    ) -> NDArray[np.bool_]:
        """See `Segmenter.predict`."""
        mask = check_prompts(prompts, previous, embedding.shape)
        stop_if(cancelled)
        if mask is None:
            first = 0 if prompts.extremes or prompts.box else 1
            answer = None
        elif not prompts.marks:
            return mask
        else:
            prompts, first = Prompts(marks=prompts.marks), 1
            answer = self._remember(embedding, mask)
        for count in range(first, len(prompts.marks) + 1):
            stop_if(cancelled)
            known = Prompts(extremes=prompts.extremes, box=prompts.box, marks=prompts.marks[:count])
            if mask is None and known in embedding.answers:
                answer = embedding.answers[known]
                continue
            answer = self._ask(embedding, known, answer)
            if mask is None:
                embedding.answers[known] = answer
                while len(embedding.answers) > _REMEMBERED:
                    embedding.answers.popitem(last=False)
        stop_if(cancelled)
        found = np.zeros(embedding.shape, bool) if answer is None else resize(answer.logits, embedding.shape) > 0
        return obey(found, prompts)

    def _ask(self, embedding: _Embedding, prompts: Prompts, before: _Answer | None) -> _Answer:
        """Run the decoder on all prompts so far."""
        places, kinds = _pointed_at(prompts)
        coordinates = (places * embedding.scale).astype(np.float32)
        prefix = "batched_" if "batched_point_coords" in self._inputs else ""
        coordinates, labels = self._filled(f"{prefix}point_coords", coordinates, kinds)
        feeds: dict[str, Any] = {name: embedding.features[name] for name in self._sources}
        feeds[f"{prefix}point_coords"] = coordinates[None, None] if prefix else coordinates[None]
        feeds[f"{prefix}point_labels"] = labels[None, None] if prefix else labels[None]
        if "mask_input" in self._inputs:
            memory = before.memory if before is not None else None
            feeds["mask_input"] = np.zeros((1, 1, self._memory_side, self._memory_side), np.float32) if memory is None else memory
            feeds["has_mask_input"] = np.array([memory is not None], np.float32)
        if "orig_im_size" in self._inputs:
            feeds["orig_im_size"] = np.array(embedding.used)
        feeds = {name: np.asarray(value, _DTYPES.get(self._inputs[name].type, np.float32)) for name, value in feeds.items()}
        outputs = [entry.name for entry in self._decoder.get_outputs()]
        found = _run(self._decoder, outputs, feeds, "decoder")
        return self._read(embedding, dict(zip(outputs, found, strict=True)))

    def _read(self, embedding: _Embedding, found: dict[str, Any]) -> _Answer:
        """Choose the mask that the model trusts most."""
        planes = {name: array.reshape(-1, *array.shape[-2:]) for name, array in found.items() if array.ndim > _SCORES}
        scores = [array.ravel() for array in found.values() if array.ndim <= _SCORES]
        low = planes.get("low_res_masks")
        masks = next((plane for name, plane in planes.items() if name != "low_res_masks"), low)
        if masks is None:
            raise AssistError(f"{self.name}: the decoder gave {_listed(self._decoder.get_outputs())}; expected masks of shape (1, n, height, width)")
        best = int(np.argmax(scores[0][: len(masks)])) if scores and len(masks) > 1 else 0
        logits = np.asarray(masks[best], np.float32)
        if logits.shape != embedding.used:  # the whole square, at the decoder's own size
            logits = resize(logits, (self._image.side, self._image.side))[: embedding.used[0], : embedding.used[1]]
        memory = None
        if "mask_input" in self._inputs:
            source = low if low is not None else masks
            plane = np.asarray(source[min(best, len(source) - 1)], np.float32)
            memory = resize(plane, (self._memory_side, self._memory_side))[None, None]
        return _Answer(logits, memory)

    def _remember(self, embedding: _Embedding, mask: NDArray[np.bool_]) -> _Answer | None:
        """Put a mask from elsewhere in place of the model's own last answer."""
        if "mask_input" not in self._inputs:
            raise AssistError(f"{self.name}: this model takes no mask, so it cannot start from one; use SAM, SAM 2, or point at the object anew")
        logits = resize(np.where(mask, _SURE, -_SURE), embedding.used)
        square = np.full((self._image.side, self._image.side), -_SURE, np.float32)
        square[: embedding.used[0], : embedding.used[1]] = logits
        return _Answer(logits, resize(square, (self._memory_side, self._memory_side))[None, None])

    @property
    def _memory_side(self) -> int:
        """Pixels along an edge of the masks that are fed back."""
        side = self._inputs["mask_input"].shape[-1]
        return side if isinstance(side, int) else self._image.side // 4

    def _filled(self, name: str, coordinates: NDArray[np.float32], kinds: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Pad the points to the number that the model was exported for, where that is fixed."""
        wanted = self._inputs[name].shape[-2]
        missing = wanted - len(kinds) if isinstance(wanted, int) else 0
        if missing < 0:
            raise AssistError(f"{self.name}: the model was exported for {wanted} points, these prompts have {len(kinds)}; take back some marks")
        return np.pad(coordinates, [(0, missing), (0, 0)]), np.pad(kinds, (0, missing), constant_values=_PADDING)


@dataclass(frozen=True)
class _ImageInput:
    """How the encoder takes the image: layout is NCHW, NHWC or HWC."""

    name: str
    layout: str
    side: int
    dtype: Any

    def arrange(self, pixels: NDArray[np.float32]) -> NDArray[Any]:
        """Scale and pad RGB pixels as the encoder expects."""
        if self.layout == "HWC":  # such exports scale and pad in the graph
            return pixels.astype(self.dtype)
        if self.name == "batched_images":  # and so does EfficientSAM's, but for this
            scaled = pixels / np.float32(_WHITE)
        else:
            height, width = pixels.shape[:2]
            scaled = np.pad((pixels - _MEAN) / _DEVIATION, [(0, self.side - height), (0, self.side - width), (0, 0)])
        return np.ascontiguousarray((scaled.transpose(2, 0, 1) if self.layout == "NCHW" else scaled)[None].astype(self.dtype))


def _image_input(path: str, inputs: Sequence[Any]) -> _ImageInput:
    if len(inputs) == 1 and inputs[0].type in _DTYPES:
        entry = inputs[0]
        shape = list(entry.shape)
        layout = {3: "HWC", 4: "NHWC" if shape[-1] == _CHANNELS else "NCHW"}.get(len(shape))
        if layout is not None and (shape[layout.index("C")] == _CHANNELS or not isinstance(shape[layout.index("C")], int)):
            height = shape[layout.index("H")]
            return _ImageInput(entry.name, layout, height if isinstance(height, int) and layout != "HWC" else _SIDE, _DTYPES[entry.type])
    raise AssistError(
        f"{path}: the encoder takes {_listed(inputs)}; expected one image of shape (1, 3, side, side), (1, side, side, 3) or (height, width, 3)"
    )


def _match(path: str, wanted: set[str], outputs: Sequence[Any]) -> dict[str, str]:
    """Find the encoder's output for each feature that the decoder takes."""
    names = [entry.name for entry in outputs]
    if wanted <= set(names):
        return {name: name for name in sorted(wanted)}
    if len(wanted) == len(names) == 1:
        return {next(iter(wanted)): names[0]}
    raise AssistError(
        f"{path}: the encoder gives {_listed(outputs)}; expected {', '.join(sorted(wanted))}, which the decoder takes; "
        "use an encoder and a decoder that were exported together"
    )


def _pointed_at(prompts: Prompts) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the points of the prompts and what each means to SAM."""
    places: list[tuple[float, float]] = []
    kinds: list[int] = []
    for mark in prompts.marks:
        chosen = _spread(mark)
        places += chosen
        kinds += [_POSITIVE if mark.positive else _NEGATIVE] * len(chosen)
    if prompts.extremes:
        x, y = [point.x for point in prompts.extremes], [point.y for point in prompts.extremes]
        places += [(min(x), min(y)), (max(x), max(y))]
        kinds += [_CORNER, _OTHER_CORNER]
    elif prompts.box is not None:
        box = prompts.box
        places += [(box.left, box.top), (box.left + box.width, box.top + box.height)]
        kinds += [_CORNER, _OTHER_CORNER]
    else:
        places.append((0, 0))
        kinds.append(_PADDING)
    return np.array(places, np.float32), np.array(kinds, np.float32)


def _spread(mark: Mark) -> list[tuple[float, float]]:
    """Give a few points of a mark, spread evenly over its length."""
    x, y = np.array([(point.x, point.y) for point in mark.points]).T
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    if not along[-1]:
        return [(float(x[0]), float(y[0]))]
    stops = np.linspace(0, along[-1], _SCRIBBLE)
    return list(zip(np.interp(stops, along, x).tolist(), np.interp(stops, along, y).tolist(), strict=True))


def _load(path: str, part: str, providers: Sequence[str]) -> Any:
    if not Path(path).is_file():
        raise StorageError(f"no such file; give the local path of the {part}'s ONNX file", uri=path)
    try:
        import onnxruntime
    except ImportError:
        raise AssistError('ONNX models need onnxruntime, which is not installed: pip install "nblabel[segment]"') from None
    try:
        return onnxruntime.InferenceSession(path, providers=list(providers))
    except Exception as error:  # onnxruntime has a class of its own for each way to fail
        raise AssistError(f"{path}: onnxruntime cannot load this as the {part}: {error}") from error


def _run(session: Any, outputs: list[str], feeds: dict[str, Any], part: str) -> list[Any]:
    try:
        return list(session.run(outputs, feeds))
    except Exception as error:
        shapes = ", ".join(f"{name} {value.dtype}{list(value.shape)}" for name, value in feeds.items())
        raise AssistError(f"the {part} refused {shapes}; it takes {_listed(session.get_inputs())}: {error}") from error


def _listed(entries: Iterable[Any]) -> str:
    return ", ".join(f"{entry.name} {entry.type}{entry.shape}" for entry in entries) or "nothing"

"""Semantic segmentation: one class for each pixel.

Formats: SageMaker developer guide, "Output data", section *Semantic segmentation job output*.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
import pandas as pd
from PIL import Image

from nblabel import schema
from nblabel.consolidation.masks import consolidate_masks, mask_agreement
from nblabel.depiction import Depiction, Entry
from nblabel.errors import AnnotationError, MediaError, TaskError
from nblabel.geometry import bands, runs
from nblabel.geometry.mask_png import BACKGROUND, WHITE, check_mask, decode_mask, encode_mask, parse_color_map
from nblabel.labels import Label, default_color
from nblabel.tasks.base import Context, Media, Task
from nblabel.tasks.mask_parts import MOST_RUNS, combine, part_of, separate_mask
from nblabel.wire import Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from nblabel.assist import Segmenter
    from nblabel.consolidation import Answers, Consolidation
    from nblabel.keys import Keymap
    from nblabel.labels import Instructions

__all__ = ["Mask", "MaskChange", "MaskFile", "SemanticSegmentation"]

MOST_CLASSES = 254
"""One code of 8 bits is for no class, one for pixels that a change leaves alone."""

_OPACITY = 128
"""How much of 255 a mask hides of the image below it in a picture that was drawn for good."""

# Ground Truth's own order.
_COLORS = ("#2ca02c", "#1f77b4", "#ff7f0e", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")


_ACTIONS: Keymap = MappingProxyType(
    {
        "tool-brush": ("b",),
        "tool-eraser": ("x",),
        "tool-polygon": ("p",),
        "tool-freehand": ("j",),
        "tool-rectangle": ("t",),
        "tool-fill": ("k",),
        "tool-wand": ("w",),
        "tool-auto-segment": ("g",),
        "smaller-brush": ("[",),
        "larger-brush": ("]",),
        "pixel-brush": ("\\",),
        "brush-shape": ("q",),
        "unlabeled-only": ("u",),
        "pick": ("c",),
        "outline": ("o",),
        "less-opaque": ("Shift+o",),
        "fill-holes": ("n",),
        "keep-largest": ("y",),
        "next-gap": ("z",),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MaskFile:
    """A mask in a file that was not read yet: its reference, and the color map that its metadata has."""

    reference: str
    color_map: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mask:
    """A class for each pixel: code 0 is none, code i + 1 is `classes[i]`; `bands` of 64 rows are runs as base64, "" for one without any class.

    `origins` names the suggestion that a class came from, where it came from one.
    """

    width: int
    height: int
    classes: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    bands: list[str] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    file: MaskFile | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MaskChange:
    """What one gesture painted: `runs` over the image as base64, code 0 takes the class away, i + 1 gives `classes[i]`, 255 leaves a pixel alone.

    `origins` names the suggestions that classes came from by it, or come from no more.
    """

    classes: list[str]
    runs: str
    origins: dict[str, str | None] = field(default_factory=dict)


class SemanticSegmentation(Task):
    """Give each pixel a class.

    Parameters
    ----------
    labels : iterable of str or Label
        The classes; a class's place in the list, counted from 1, is its index in the mask. Index 0 is what nobody painted, Ground Truth's BACKGROUND.
    instructions : str or Instructions, optional
        What the person who labels is told.
    segmenter : Segmenter or callable, optional
        What proposes masks; see `nblabel.assist.as_segmenter`. It is no part of the task that is stored.

    Examples
    --------
    >>> task = SemanticSegmentation(["road", "car"])
    >>> task
    SemanticSegmentation(['road', 'car'])

    An annotation is an array of class indices, shape (height, width):

    >>> value = task.begin([[0, 1], [2, 2]], Media(width=2, height=2, depth=3))
    >>> task.annotation(value)
    array([[0, 1],
           [2, 2]], dtype=uint8)
    >>> task.tidy(task.annotation(value))[["label", "pixels", "share"]]
      label  pixels  share
    0  road       1   0.25
    1   car       2   0.50
    """

    type = "semantic-segmentation"
    title = "Semantic segmentation"
    media = "image"
    reference = True
    segments = True
    actions = _ACTIONS
    suffix = ".png"
    groundtruth_types = ("groundtruth/semantic-segmentation",)
    wire_types = (MaskFile, Mask, MaskChange)

    def __init__(
        self,
        labels: Iterable[str | Label],
        *,
        instructions: str | Instructions | None = None,
        segmenter: Segmenter | Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(_colored(labels), instructions=instructions)
        self.segmenter = segmenter
        if len(self.labels) > MOST_CLASSES:
            raise TaskError(f"labels: {len(self.labels)} classes do not fit into a mask of 8 bits; at most {MOST_CLASSES} do")
        colors = {WHITE: BACKGROUND}
        for label in self.labels:
            if label.name.upper() == BACKGROUND:
                raise TaskError(f"label {label.name!r}: index 0, what nobody painted, has that name already; leave the label out")
            if (other := colors.setdefault((label.color or "").lower(), label.name)) != label.name:
                raise TaskError(f"label {label.name!r}: its color {label.color!r} is that of {other!r}; masks tell classes apart by colour")
        self.class_ids = {BACKGROUND: 0, **{label.name: place for place, label in enumerate(self.labels, 1)}}

    @classmethod
    def reader(cls, groundtruth_type: str) -> Self:
        """Make a task that can read labels, of which it knows the background; see `Task.reader`."""
        task = super().reader(groundtruth_type)
        task.class_ids = {BACKGROUND: 0}
        return task

    def naming(self, labels: Iterable[str | Label]) -> Self:
        """Give this task with other classes, in colours of their own; see `Task.naming`."""
        task = super().naming(_colored(labels))
        task.class_ids = {BACKGROUND: 0, **{name: index + 1 for name, index in task.class_ids.items()}}
        return task

    def begin(self, annotation: Any, media: Media, present: Any = None) -> dict[str, Any]:
        """Make the value for an array of class indices, shape (height, width); see `Task.begin`."""
        if annotation is None:
            width, height = media.width or 0, media.height or 0
            return _dump(Mask(width=width, height=height, bands=[""] * -(-height // bands.ROWS)))
        indices = self._indices(annotation, media)
        acceptable = {label.name for label in self.labels} | set((present or {}).get("classes", ()))
        return _dump(self._mask(indices, acceptable))

    def apply(self, value: Any, change: Any, media: Media) -> tuple[dict[str, Any], dict[str, Any]]:
        """Apply a `MaskChange`; see `Task.apply`."""
        mask = schema.load(value, Mask)
        wanted = schema.load(change, MaskChange)
        if media.width is not None and (mask.width, mask.height) != (media.width, media.height):
            raise AnnotationError(
                f"the mask has {mask.width} x {mask.height} pixels, the image {media.width} x {media.height}; put the old image back"
            )
        classes = self._classes(mask, wanted)
        codes, lengths = runs.expand(runs.from_text(wanted.runs))
        if wrong := set(np.unique(codes).tolist()) - {0, runs.KEEP, *range(1, len(wanted.classes) + 1)}:
            raise AnnotationError(f"codes {sorted(wrong)} stand for no class; the change has {len(wanted.classes)}", path="/runs")
        table = np.full(256, runs.KEEP, np.uint8)
        table[: len(wanted.classes) + 1] = [0, *(classes.index(name) + 1 for name in wanted.classes)]
        painted = bands.paint(mask.bands, runs.pack(table[codes], lengths), mask.width, mask.height)
        counts = [*mask.counts, *[0] * (len(classes) - len(mask.counts))]
        counts = [count + int(painted.counts[code]) for code, count in enumerate(counts, 1)]
        former = {name: mask.origins.get(name) for name in wanted.origins}
        inverse = MaskChange(classes=mask.classes, runs=runs.to_text(painted.inverse), origins=former)
        origins = {name: source for name, source in {**mask.origins, **wanted.origins}.items() if source is not None}
        # The file is what this mask was; it stays so as long as nothing differs.
        file = mask.file if not painted.inverse.size else None
        after = replace(mask, classes=classes, counts=counts, bands=painted.bands, origins=origins, file=file)
        return _dump(_without_unused(after)), schema.dump(inverse)

    def difference(self, before: Any, after: Any) -> dict[str, Any] | None:
        """Give the `MaskChange` between two values; see `Task.difference`."""
        old, new = schema.load(before, Mask), schema.load(after, Mask)
        if (old.width, old.height) != (new.width, new.height):
            raise AnnotationError(f"a mask of {new.width} x {new.height} pixels cannot take the place of one of {old.width} x {old.height}")
        classes = list(dict.fromkeys([*old.classes, *new.classes]))
        first, last = (_codes(mask, [classes.index(name) + 1 for name in mask.classes]) for mask in (old, new))
        if np.array_equal(first, last):
            return None
        painted = np.where(first == last, np.uint8(runs.KEEP), last).reshape(-1)
        return cast("dict[str, Any]", schema.dump(MaskChange(classes=classes, runs=runs.to_text(runs.trim(runs.encode(painted))))))

    def annotation(self, value: Any) -> NDArray[np.uint8]:
        """Give the array of class indices; see `Task.annotation`."""
        mask = schema.load(value, Mask)
        ids = self.knowing((name, 0) for name in mask.classes).class_ids
        return _codes(mask, [ids[name] for name in mask.classes])

    def depict(self, value: Any, shown: Image.Image | str, media: Media) -> Depiction:
        """Lay the mask over the image; see `Task.depict`."""
        mask = schema.load(value, Mask)
        if isinstance(shown, str):
            return super().depict(value, shown, media)
        task = self.knowing((name, 0) for name in mask.classes)
        colors = [task.colors()[task.class_ids[name]] for name in mask.classes]
        codes = Image.fromarray(_codes(mask, list(range(1, len(mask.classes) + 1)))).resize(shown.size, Image.Resampling.NEAREST)
        codes.putpalette([0, 0, 0, *(level for color in colors for level in bytes.fromhex(color[1:]))])
        opacity = codes.point([0] + [_OPACITY] * 255, "L")
        pixels = max(mask.width * mask.height, 1)
        entries = [Entry(name, color, f"{count / pixels:.1%}") for name, color, count in zip(mask.classes, colors, mask.counts, strict=True)]
        return Depiction(entries=entries, image=Image.composite(codes.convert("RGB"), shown, opacity))

    def encode(self, annotation: Any, context: Context) -> tuple[Any, dict[str, Any]]:
        """Name the mask's file, and say what its colours mean; see `Task.encode`."""
        return self.write(self.begin(annotation, Media(), {"classes": list(self.class_ids)}), context)

    def write(self, value: Any, context: Context) -> tuple[Any, dict[str, Any]]:
        """Name the mask's file, and say what its colours mean; a mask that was read and not changed keeps both. See `Task.write`."""
        mask = schema.load(value, Mask)
        if mask.file is not None:
            color_map = mask.file.color_map or {}
        else:
            task = self.knowing((name, 0) for name in mask.classes)
            shown = [label.name for label in self.labels]
            named = {BACKGROUND, *shown, *mask.classes}
            colors = task.colors()
            color_map = {
                str(index): {"class-name": name, "hex-color": colors[index], "confidence": context.sureness(index)}
                for index, name in sorted((task.class_ids[name], name) for name in named)
            }
        return (context.reference if mask.file is None else mask.file.reference), {
            "internal-color-map": color_map,
            **context.metadata(self.groundtruth_type),
        }

    def answer_content(self, annotation: Any, media: Media) -> dict[str, Any]:  # noqa: ARG002
        """Write a mask as ``crowd-semantic-segmentation`` answers; see `Task.answer_content`."""
        colors = self.colors()
        height, width = annotation.shape
        return {
            "crowd-semantic-segmentation": {
                "inputImageProperties": {"height": height, "width": width},
                "labelMappings": {name: {"color": colors[index]} for name, index in self.class_ids.items() if index},
                "labeledImage": {"pngImageData": base64.b64encode(encode_mask(annotation, colors)).decode()},
            }
        }

    def read_answer(self, content: Mapping[str, Any]) -> NDArray[np.uint8]:
        """Read the answer of a ``crowd-semantic-segmentation``, whose colours differ from worker to worker; see `Task.read_answer`."""
        found = next((found for found in content.values() if isinstance(found, Mapping) and "labeledImage" in found), None)
        if found is None:
            raise AnnotationError(f"expected 'labeledImage' in the answer, got {content!r:.80}")
        named = found.get("labelMappings") or {}
        color_map = {
            str(self.class_ids[name]): {"class-name": name, "hex-color": look["color"]} for name, look in named.items() if name in self.class_ids
        }
        return decode_mask(base64.b64decode(found["labeledImage"]["pngImageData"]), color_map).mask

    def answer_classes(self, content: Mapping[str, Any]) -> list[str]:
        """List the classes that a worker could paint with; see `Task.answer_classes`."""
        mappings = [found["labelMappings"] for found in content.values() if isinstance(found, Mapping) and "labelMappings" in found]
        return [name for mapping in mappings for name in mapping if name.upper() != BACKGROUND]

    def consolidate(self, answers: Answers, method: str) -> Consolidation:
        """Make one mask an item of several; see `Task.consolidate`."""
        return consolidate_masks(answers, method)

    def agreement(self, answers: Answers) -> pd.DataFrame:
        """Measure agreement about pixels; see `Task.agreement`."""
        names = {index: name for name, index in self.class_ids.items()}
        found = mask_agreement(answers)
        labels = [None if index is None else names.get(int(index), f"#{index}") for index in found["label"].tolist()]
        return found.assign(label=pd.Series(labels, dtype=object))

    def file(self, value: Any) -> Callable[[], bytes] | None:
        """Write the mask as PNG; see `Task.file`."""
        mask = schema.load(value, Mask)
        if mask.file is not None:
            return None
        return lambda: encode_mask(self.annotation(value), self.knowing((name, 0) for name in mask.classes).colors())

    def colors(self) -> list[str]:
        """Give the colour of each index that a mask may have."""
        own = {label.name: (label.color or "").lower() for label in self.labels}
        taken = {WHITE, *own.values()}
        free = (color for color in _all_colors() if color not in taken)
        named = {index: own.get(name) or next(free) for name, index in sorted(self.class_ids.items(), key=lambda pair: pair[1]) if index}
        return [WHITE, *(named.get(index, WHITE) for index in range(1, max(self.class_ids.values()) + 1))]

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> MaskFile:
        """Name the mask that a label refers to, which is read when somebody looks at it; see `Task.decode`."""
        if not isinstance(label, str) or not label:
            raise AnnotationError(f"expected the path or URL of a mask, as Ground Truth writes it, got {label!r:.80}")
        found = (metadata or {}).get("internal-color-map")
        return MaskFile(reference=label, color_map=dict(found) if isinstance(found, Mapping) else None)

    def restore(self, annotation: Any) -> dict[str, Any]:
        """Make the value for a mask that a label refers to; see `Task.restore`."""
        if not isinstance(annotation, MaskFile):
            return self.begin(annotation, Media(), {"classes": list(self.class_ids)})
        return _dump(Mask(width=0, height=0, file=annotation))

    def resolve(self, value: Any, read: Callable[[str], bytes], media: Media) -> dict[str, Any]:
        """Read the mask that a value refers to; see `Task.resolve`."""
        mask = schema.load(value, Mask)
        if mask.file is None or mask.bands:
            return cast("dict[str, Any]", value)
        data = read(mask.file.reference)
        problems = check_mask(data, mask.file.color_map, width=media.width, height=media.height)
        if problems:
            raise AnnotationError(f"{mask.file.reference}: {' '.join(problem.message for problem in problems)}")
        found = decode_mask(data, mask.file.color_map)
        names = found.names or {index: name for name, index in self.class_ids.items()}
        known = self.knowing((name, index) for index, name in sorted(names.items()) if index)
        table = np.zeros(256, np.uint8)
        for index, name in names.items():
            table[index] = known.class_ids.get(name, 0) if index else 0
        return _dump(replace(known._mask(table[found.mask], known.class_ids), file=mask.file))  # noqa: SLF001 - a copy of this very object

    def class_map(self, label: Any, metadata: Mapping[str, Any] | None) -> dict[str, str]:  # noqa: ARG002
        """Give the indices and names of the color map; see `Task.class_map`."""
        try:
            return {str(index): name for index, (name, _) in parse_color_map((metadata or {}).get("internal-color-map")).items() if index}
        except (AttributeError, MediaError):
            return {}

    def same(self, one: Any, other: Any) -> bool:
        """Compare two masks; see `Task.same`."""
        if isinstance(one, MaskFile) or isinstance(other, MaskFile):
            return bool(one is other or (isinstance(one, MaskFile) and isinstance(other, MaskFile) and one == other))
        return np.array_equal(np.asarray(one), np.asarray(other))

    def parts(self, value: Any) -> dict[str, dict[str, Any]]:
        """Give the classes that have pixels, by the suggestion that each came from, else by name; see `Predictable.parts`."""
        mask = schema.load(value, Mask)
        codes = bands.join(mask.bands, mask.width, mask.height)
        named = {mask.origins.get(name, name): name for name in _present(mask)}
        return {key: {**part_of(name, codes == mask.classes.index(name) + 1), "id": key} for key, name in named.items()}

    def fetch(self, prediction: Any, read: Callable[[str], bytes]) -> Any:
        """Read the mask that a cell refers to; see `Predictable.fetch`."""
        found, *scores = prediction if isinstance(prediction, tuple) else (prediction,)
        if not isinstance(found, MaskFile):
            return prediction
        mask = schema.load(self.resolve(self.restore(found), read, Media()), Mask)
        codes = bands.join(mask.bands, mask.width, mask.height)
        return [{"label": name, "mask": codes == code} for code, name in enumerate(mask.classes, 1)], *scores

    def predicted(self, cell: Any, metadata: Mapping[str, Any] | None) -> Any:
        """Read a prediction, also a mask in a file with the confidences of its color map; see `Predictable.predicted`."""
        if not isinstance(cell, str):
            return cell
        found = self.decode(cell, metadata)
        entries = (found.color_map or {}).values()
        return found, {look.get("class-name"): look.get("confidence") for look in entries if isinstance(look, Mapping)}

    def suggestions(self, prediction: Any, media: Media, source: str) -> tuple[list[Suggestion], list[str]]:
        """Suggest each class of a mask; see `Predictable.suggestions` and, for what a prediction can be, `separate_mask`."""
        proposed, refusals = separate_mask(prediction, self.class_ids, media)
        made: dict[str, Suggestion] = {}
        room = MOST_RUNS
        for label, inside, score in proposed:
            part = part_of(label, inside)
            name = self.identify(part, source)
            room -= len(part["runs"]) * 3 // 16
            if room < 0:
                refusals.append(f"class {label!r}: the mask has more than {MOST_RUNS} runs of pixels; smooth it, or put it into the label column")
            elif part["pixels"]:
                made.setdefault(name, Suggestion(id=name, part={**part, "id": name}, score=score, source=source))
        return list(made.values()), refusals

    def accept(self, value: Any, parts: Iterable[Any]) -> dict[str, Any]:
        """Give the change that paints suggested classes on pixels that have none; see `Predictable.accept`."""
        mask, parts = schema.load(value, Mask), list(parts)
        free = bands.join(mask.bands, mask.width, mask.height).reshape(-1) == 0
        classes, painted = combine(free, parts)
        origins = {part["label"]: part["id"] for part in reversed(parts)}
        return cast("dict[str, Any]", schema.dump(MaskChange(classes=classes, runs=runs.to_text(painted), origins=origins)))

    def provenance(self, value: Any, suggestions: Mapping[str, Suggestion]) -> list[dict[str, Any]]:
        """Tell of each class that has pixels, its `label`, where it came from; see `Predictable.provenance`."""
        mask = schema.load(value, Mask)
        names = _present(mask)
        suggested = not suggestions.keys().isdisjoint(mask.origins.get(name) for name in names)
        origins = super().provenance(value, suggestions) if suggested else [{"origin": "human"}] * len(names)
        return [{"label": name, **origin} for name, origin in zip(names, origins, strict=True)]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a class: label, pixels, share of the image, and the bounding box left, top, width, height (px)."""
        indices = np.asarray(annotation)
        names = {index: name for name, index in self.class_ids.items()}
        rows = []
        for index in np.unique(indices):
            if index == 0:
                continue
            inside = indices == index
            lines, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
            pixels = int(np.count_nonzero(inside))
            size = int(columns[-1] - columns[0] + 1), int(lines[-1] - lines[0] + 1)
            rows.append((names.get(int(index), f"#{index}"), pixels, pixels / indices.size, int(columns[0]), int(lines[0]), *size))
        return pd.DataFrame(rows, columns=["label", "pixels", "share", "left", "top", "width", "height"])

    def _indices(self, annotation: Any, media: Media) -> NDArray[np.uint8]:
        indices = np.asarray(annotation)
        if indices.ndim != 2 or indices.dtype.kind not in "bui":  # noqa: PLR2004 - rows and columns
            raise AnnotationError(f"expected whole numbers of shape (height, width), got {indices.dtype} of shape {indices.shape}")
        if media.width is not None and indices.shape != (media.height, media.width):
            raise AnnotationError(f"the mask has shape {indices.shape}, its image (height, width) = ({media.height}, {media.width})")
        return indices

    def _mask(self, indices: NDArray[Any], acceptable: Iterable[str]) -> Mask:
        names = {index: name for name, index in self.class_ids.items() if not index or name in acceptable}
        present, counts = _counted(indices)
        if strange := [int(index) for index in present if int(index) not in names]:
            raise AnnotationError(f"index {strange[0]} stands for no class; expected {dict(sorted(names.items()))}")
        used = [(int(index), int(count)) for index, count in zip(present, counts, strict=True) if index]
        table = np.zeros(256, np.uint8)
        for code, (index, _) in enumerate(used, 1):
            table[index] = code
        height, width = indices.shape
        codes = indices.astype(np.uint8, copy=False)
        return Mask(
            width=width,
            height=height,
            classes=[names[index] for index, _ in used],
            counts=[count for _, count in used],
            bands=bands.cut(codes if all(table[index] == index for index, _ in used) else table[codes]),
        )

    def _classes(self, mask: Mask, change: MaskChange) -> list[str]:
        """Give the classes of a mask once a change is applied."""
        for place, name in enumerate(change.classes):
            if name not in self.class_ids and name not in mask.classes:
                raise AnnotationError(f"class {name!r} is not one of the task's: {[label.name for label in self.labels]}", path=f"/classes/{place}")
        classes = list(dict.fromkeys([*mask.classes, *change.classes]))
        if len(classes) > MOST_CLASSES:
            raise AnnotationError(f"{len(classes)} classes do not fit into a mask; at most {MOST_CLASSES} do", path="/classes")
        return classes


def _codes(mask: Mask, table: list[int]) -> NDArray[np.uint8]:
    codes = bands.join(mask.bands, mask.width, mask.height)
    if table == list(range(1, len(table) + 1)):
        return codes
    full = np.zeros(256, np.uint8)
    full[1 : len(table) + 1] = table
    return full[codes]


def _counted(indices: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Give the indices that occur, and how often; sorting 24 million of them takes seconds, and numpy counts bytes as 8 bytes each."""
    if indices.dtype != np.uint8 or not indices.size:
        return np.unique(indices, return_counts=True)
    counts = np.array(Image.fromarray(indices).histogram())
    return np.flatnonzero(counts), counts[counts > 0]


def _present(mask: Mask) -> list[str]:
    """Give the classes that have pixels."""
    return [name for name, count in zip(mask.classes, mask.counts, strict=True) if count]


def _without_unused(mask: Mask) -> Mask:
    """Leave out the last classes as far as they have no pixel, so that a mask has one form only, however it came about."""
    used = next((place for place in range(len(mask.counts), 0, -1) if mask.counts[place - 1]), 0)
    return replace(mask, classes=mask.classes[:used], counts=mask.counts[:used])


def _dump(mask: Mask) -> dict[str, Any]:
    return cast("dict[str, Any]", schema.dump(mask))


def _all_colors() -> Iterable[str]:
    yield from _COLORS
    place = 0
    while True:
        yield default_color(place)
        place += 1


def _colored(labels: Iterable[str | Label]) -> list[str | Label]:
    """Give labels without a colour the next one of Ground Truth's."""
    if isinstance(labels, str):
        return cast("list[str | Label]", labels)  # refused with the same words as everywhere
    given = [Label(label) if isinstance(label, str) else label for label in labels]
    taken = {WHITE, *(label.color.lower() for label in given if isinstance(label, Label) and label.color)}
    free = (color for color in _all_colors() if color not in taken)
    return [replace(label, color=next(free)) if isinstance(label, Label) and label.color is None else label for label in given]

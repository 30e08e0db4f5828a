"""What rules look at: a line as it would be written, a label on it, and what all lines have together."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nblabel.errors import AnnotationError, ManifestError
from nblabel.manifest.codec import Unreadable, decode_canonical, decode_object
from nblabel.manifest.kinds import groundtruth_type, kind_of
from nblabel.manifest.lint.files import Measured

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.errors import StorageError
    from nblabel.geometry.mask_png import Problem as MaskProblem
    from nblabel.manifest.kinds import Kind
    from nblabel.manifest.lint.files import Files
    from nblabel.manifest.pairs import Pair

__all__ = ["Label", "Line", "Manifest"]

_IMAGE_TYPES = frozenset(
    f"groundtruth/{name}" for name in ("object-detection", "image-classification", "image-classification-multilabel", "semantic-segmentation")
)


class Line:
    """A line of a manifest, read once for all rules.

    Parameters
    ----------
    text
        The line without its end, or why it cannot be written.
    folder
        Where its relative references start from.
    files
        What reads the files that it refers to; None leaves them alone.

    Attributes
    ----------
    text : bytes
        The line; empty where it cannot be written.
    value : dict
        The object on it; empty where there is none.
    unreadable : Unreadable or None
        Why there is none.
    repeated : list of str
        Keys that an object on the line has twice, at any depth.
    constants : list of str
        NaN and infinities, by the names that they have there.
    labels : list of Label
        The labels on it, of the attributes that the manifest has.
    invalid : set of str
        The attributes whose labels are not well formed.
    expects_label : bool
        Whether the manifest has label attributes.
    """

    def __init__(self, text: bytes | ManifestError, *, folder: str | None = None, files: Files | None = None) -> None:
        self.folder = folder
        self.files = files
        self.repeated: list[str] = []
        self.constants: list[str] = []
        self.labels: list[Label] = []
        self.invalid: set[str] = set()
        self.expects_label = False
        value: dict[str, Any] | Unreadable | None
        if isinstance(text, ManifestError):
            self.text, value = b"", Unreadable("VALUE_NOT_JSON", str(text), text.attribute)
        else:
            self.text, value = text, decode_canonical(text)
            if value is None:
                value = decode_object(text, object_pairs_hook=self._object, parse_constant=self._constant)
        self.unreadable = value if isinstance(value, Unreadable) else None
        self.value: dict[str, Any] = {} if isinstance(value, Unreadable) else value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            self.repeated += [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
        return value

    def _constant(self, name: str) -> float:
        self.constants.append(name)
        return float(name)

    @property
    def source(self) -> str | None:
        """The file that is labeled, where it has a name."""
        source = self.value.get("source-ref")
        return source if isinstance(source, str) and source.strip() else None

    @cached_property
    def is_image(self) -> bool:
        """Whether what is labeled is an image, going by the labels."""
        return any(label.type in _IMAGE_TYPES for label in self.labels)

    @cached_property
    def measured(self) -> Measured | str | None:
        """What the header of the image says, or what is wrong with it; None where it is not looked at."""
        return self.files.measure(self.source, self.folder) if self.files and self.source and self.is_image else None

    @cached_property
    def content(self) -> bytes | StorageError | None:
        """What is in the file that is labeled, or why it cannot be read; None where it is not looked at."""
        return self.files.read(self.source, self.folder) if self.files and self.source else None

    @property
    def sizes(self) -> list[tuple[float, float]]:
        """Width and height of the image in pixels: what it has, else what labels say."""
        if isinstance(self.measured, Measured):
            return [self.measured[:2]]
        return list(dict.fromkeys(label.image_size for label in self.labels if label.image_size is not None))


class Label:
    """A label attribute on a line, where the line has its label, its metadata, or both.

    Attributes
    ----------
    name, pair
        The attribute and its columns.
    line : Line
        The line.
    value
        The label; None where the line has none.
    found
        The metadata as it stands there; None where the line has none.
    metadata : dict
        The metadata; empty where it is not an object.
    type : str or None
        Ground Truth's type.
    kind : Kind or None
        What reads labels of this type.
    mask_problems : list or None
        What `nblabel.geometry.mask_png.check_mask` said of the mask, once it was asked.
    """

    def __init__(self, pair: Pair, line: Line, kinds: Kinds) -> None:
        self.name = pair.attribute
        self.pair = pair
        self.line = line
        self.value = None if pair.label is None else line.value.get(pair.label)
        self.found = line.value.get(pair.metadata)
        self.metadata: dict[str, Any] = self.found if isinstance(self.found, dict) else {}
        self.type = groundtruth_type(self.metadata)
        self.kind = kinds[self.type]
        self.mask_problems: list[MaskProblem] | None = None

    @cached_property
    def _decoded(self) -> tuple[Any, str | None]:
        if self.kind is None or self.kind.reference or self.value is None:
            return None, None
        try:
            return self.kind.decode(self.value, self.metadata), None
        except AnnotationError as error:
            return None, str(error)

    @property
    def annotation(self) -> Any:
        """What the label says, as its kind reads it; None where it cannot be read, or refers to a file."""
        return self._decoded[0]

    @property
    def problem(self) -> str | None:
        """Why the label cannot be read."""
        return self._decoded[1]

    @cached_property
    def content(self) -> bytes | StorageError | None:
        """What is in the file that the label refers to, or why it cannot be read; None where it refers to none, or it is not to be looked at."""
        if self.kind is None or not self.kind.reference or not isinstance(self.value, str) or self.line.files is None:
            return None
        return self.line.files.read(self.value, self.line.folder)

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """The bounding boxes of an image, in pixels; none for other kinds of labels."""
        return self.annotation or [] if self.type == "groundtruth/object-detection" else []

    @cached_property
    def image_size(self) -> tuple[float, float] | None:
        """Width and height of the image in pixels, as a label of bounding boxes has them."""
        sizes = self.value.get("image_size") if isinstance(self.value, dict) else None
        size = sizes[0] if isinstance(sizes, list) and sizes and isinstance(sizes[0], dict) else {}
        width, height = size.get("width"), size.get("height")
        if not isinstance(width, int | float) or not isinstance(height, int | float) or width <= 0 or height <= 0:
            return None
        return width, height

    @cached_property
    def classes(self) -> dict[str, str]:
        """The names of classes by their ids, as the metadata has them."""
        found: dict[str, str] = {}
        for key in ("class-map", "class_map", "internal-color-map", "color-map"):
            entries = self.metadata.get(key)
            for index, entry in entries.items() if isinstance(entries, dict) else ():
                name = entry.get("class-name") if isinstance(entry, dict) else entry
                if isinstance(name, str):
                    found[index] = name
        name = self.metadata.get("class-name")
        if isinstance(name, str) and isinstance(self.value, int | str):
            found[str(self.value)] = name
        return found


class Kinds(dict[str | None, "Kind | None"]):
    """Kinds of labels by type, each looked up once."""

    def __missing__(self, name: str | None) -> Kind | None:
        self[name] = kind_of(name) if name is not None else None
        return self[name]


class Manifest:
    """What the lines of a manifest have together, gathered line by line.

    Attributes
    ----------
    pairs : list of Pair
        The label attributes.
    lines, size : int
        How many lines and bytes there are.
    types : dict
        By attribute, how many labels there are of each type.
    names : dict
        By attribute and class id, the names of the class and how many lines have each.
    """

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs = list(pairs)
        self.kinds = Kinds()
        self.lines = 0
        self.size = 0
        self.types: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.names: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))

    def labels(self, line: Line) -> list[Label]:
        """Return the labels of a line."""
        labels = [Label(pair, line, self.kinds) for pair in self.pairs]
        return [label for label in labels if label.value is not None or label.found is not None]

    def gather(self, line: Line) -> None:
        """Take a line into account."""
        self.lines += 1
        self.size += len(line.text) + 1
        for label in line.labels:
            if label.type is not None:
                self.types[label.name][label.type] += 1
            for index, name in label.classes.items():
                self.names[label.name][index][name] += 1

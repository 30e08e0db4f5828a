"""Labels handed on to training: manifests, and the channels that read them (developer guide, "Augmented Manifest Files for Training Jobs")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nblabel.aws.rows import manifest_of, on_s3
from nblabel.binding import is_absent
from nblabel.binding.identity import source_column
from nblabel.errors import FrameError, RequestError
from nblabel.manifest import metadata_name, random_split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["TrainingInput", "training_input"]

_MOST_ATTRIBUTES = 16
_CONTENT_TYPE = "application/x-recordio"
_MULTILABEL = "-multilabel"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TrainingInput:
    """What training reads; nothing was sent.

    Attributes
    ----------
    channels : list of dict
        ``InputDataConfig`` of boto3's `create_training_job`.
    files : mapping of str to bytes
        The manifests, by S3 URL; ``nblabel.storage.S3().upload({**found.uploads, **found.files})`` puts them and the next there.
    uploads : mapping of str to str
        Files of this machine that training reads, by the S3 URLs that the manifests have for them.
    rows : dict
        Rows of each channel.
    left_out : int
        Rows that lack one of the labels.
    """

    channels: list[dict[str, Any]]
    files: Mapping[str, bytes]
    rows: dict[str, int]
    left_out: int
    uploads: Mapping[str, str] = field(default_factory=dict)

    @property
    def sdk(self) -> str:
        """The same channels as a call of the SageMaker Python SDK."""
        inputs = []
        for channel in self.channels:
            source = channel["DataSource"]["S3DataSource"]
            inputs.append(
                f"    {channel['ChannelName']!r}: TrainingInput(\n"
                f"        s3_data={source['S3Uri']!r},\n"
                f"        s3_data_type={source['S3DataType']!r},\n"
                f"        attribute_names={source['AttributeNames']!r},\n"
                f"        record_wrapping={channel['RecordWrapperType']!r},\n"
                f"        input_mode={channel['InputMode']!r},\n"
                f"        content_type={channel['ContentType']!r},\n"
                "    ),\n"
            )
        return f"from sagemaker.inputs import TrainingInput\n\nestimator.fit({{\n{''.join(inputs)}}})\n"

    def __repr__(self) -> str:
        parts = [f"{name}: {count:,} rows" for name, count in self.rows.items()]
        lacking = f"; left out without a label: {self.left_out:,}" if self.left_out else ""
        local = f"; files of this machine to be uploaded: {len(self.uploads):,}" if self.uploads else ""
        return f"TrainingInput({', '.join(parts)}{lacking}{local}; nothing was sent)"


def training_input(
    frame: pd.DataFrame,
    attributes: str | Sequence[str],
    *,
    output: str,
    validation: float = 0.2,
    seed: int = 0,
) -> TrainingInput:
    """Make training and validation manifests, and the Pipe-mode channels that read them.

    Parameters
    ----------
    frame : DataFrame
        Labeled rows; those that lack one of the labels are left out, since training would end at them.
    attributes : str or sequence of str
        The label attributes, in the order in which the algorithm reads them after the source; at most 15.
    output : str
        S3 URL of the folder of the manifests; files of this machine go into ``data`` in it.
    validation : float, optional
        The part of the rows for validation, 0 to below 1; with 0 there is no such channel.
    seed : int, optional
        The same seed splits alike.

    Raises
    ------
    FrameError
        The frame has no such labels, or too few rows.
    RequestError
        There are too many attributes, or the output is not on S3.

    Examples
    --------
    >>> import pandas as pd
    >>> df = pd.DataFrame({"source-ref": [f"s3://bucket/{n}.jpg" for n in range(10)], "cat": [0, 1] * 5})
    >>> found = training_input(df, "cat", output="s3://bucket/training")
    >>> found
    TrainingInput(train: 8 rows, validation: 2 rows; nothing was sent)
    >>> found.channels[0]["DataSource"]["S3DataSource"]["AttributeNames"]
    ['source-ref', 'cat']
    """
    names = [attributes] if isinstance(attributes, str) else list(attributes)
    read = [source_column(frame, None), *names]
    if len(read) > _MOST_ATTRIBUTES:
        raise RequestError("AttributeNames", len(read), f"a channel reads at most {_MOST_ATTRIBUTES}, the source among them", remedy="choose fewer")
    if not output.startswith("s3://"):
        raise RequestError("S3Uri", output, "training reads from S3", remedy="give a URL: output='s3://bucket/folder'")
    if not 0 <= validation < 1:
        raise ValueError(f"validation is {validation!r}, expected a part of the rows: 0 or more, below 1")
    for name in names:
        if name not in frame.columns:
            raise FrameError(f"the DataFrame has no column {name!r}; df.nblabel.attributes lists its label attributes")
    whole = frame[[not any(map(is_absent, cells)) for cells in zip(*(frame[name] for name in names), strict=True)]]
    whole, uploads = on_s3(whole, [name for name in read if name.endswith("-ref")], f"{output.rstrip('/')}/data")
    parts = random_split(whole, [1 - validation, validation], seed=seed) if validation else [whole]
    named = dict(zip(("train", "validation"), parts, strict=False))
    for channel, part in named.items():
        if part.empty:
            having = f"{len(whole):,} of {len(frame):,} rows have all labels"
            raise FrameError(f"no row is left for {channel}: {having}; label more, or change validation=")
    content_type = _content_type(whole, names)
    return TrainingInput(
        channels=[_channel(channel, f"{output.rstrip('/')}/{channel}.manifest", read, content_type) for channel in named],
        files={f"{output.rstrip('/')}/{channel}.manifest": manifest_of(part) for channel, part in named.items()},
        rows={channel: len(part) for channel, part in named.items()},
        left_out=len(frame) - len(whole),
        uploads=uploads,
    )


def _content_type(frame: pd.DataFrame, names: Sequence[str]) -> str:
    """Tell image classification of several classes that labels are ids and not positions."""
    columns = [frame[metadata_name(name)] for name in names if metadata_name(name) in frame.columns]
    types = {str(about.get("type")) for column in columns for about in column if isinstance(about, dict)}
    return f"{_CONTENT_TYPE};label-format=class-id" if any(each.endswith(_MULTILABEL) for each in types) else _CONTENT_TYPE


def _channel(name: str, url: str, attributes: Sequence[str], content_type: str) -> dict[str, Any]:
    source = {
        "S3DataType": "AugmentedManifestFile",
        "S3Uri": url,
        "S3DataDistributionType": "FullyReplicated",
        "AttributeNames": list(attributes),
    }
    return {
        "ChannelName": name,
        "DataSource": {"S3DataSource": source},
        "ContentType": content_type,
        "RecordWrapperType": "RecordIO",
        "InputMode": "Pipe",
    }

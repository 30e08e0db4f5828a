"""The accessor ``df.nblabel``: it holds nothing and only hands on, because pandas may keep it longer than it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from nblabel.aws import GroundTruthJob, GroundTruthJobs, LabelingJobPlan, LabelingJobsPlan, Workteam
    from nblabel.tasks import Task
    from nblabel.workforce import LabelingJob, Team

__all__ = ["ManifestAccessor"]

_METADATA = "-metadata"


@pd.api.extensions.register_dataframe_accessor("nblabel")
class ManifestAccessor:
    """The labels of a DataFrame and their way back into a manifest.

    Examples
    --------
    >>> import nblabel.accessor
    >>> pd.DataFrame({"source-ref": ["a.jpg"], "cats": [None], "cats-metadata": [None]}).nblabel
    1 row, label attributes: cats
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def __repr__(self) -> str:
        count = len(self._frame)
        names = [str(name) for name in self._frame.columns if f"{name}{_METADATA}" in self._frame.columns]
        return f"{count} row{'' if count == 1 else 's'}, label attributes: {', '.join(names) or 'none'}"

    def to_manifest(self, destination: Any, *, kms_key: str | None = None) -> None:
        """Write the frame as a manifest; see `nblabel.write_manifest`."""
        from nblabel.manifest import write_manifest

        write_manifest(self._frame, destination, kms_key=kms_key)

    @property
    def attributes(self) -> pd.DataFrame:
        """The label attributes with their type, their job and how many rows they label; see `nblabel.manifest.label_attributes`."""
        from nblabel.manifest import label_attributes

        return label_attributes(self._frame)

    def annotations(self, attribute: str) -> pd.DataFrame:
        """Return the labels of an attribute as a tidy frame: one row a box, span, class or shape; see `nblabel.manifest.tidy_annotations`."""
        from nblabel.manifest import tidy_annotations

        return tidy_annotations(self._frame, attribute)

    def validate(self, *, remote: bool = False) -> pd.DataFrame:
        """Check the frame as a manifest: one row a problem, with line, attribute, code, message and remedy.

        See `nblabel.manifest.validate`, which lists the codes; ``nblabel.manifest.codes()`` gives them as a DataFrame.
        """
        from nblabel.manifest import validate

        return validate(self._frame, remote=remote)

    def select(self, where: str) -> pd.DataFrame:
        r"""Return the rows that a condition is true of, as the filter of Ground Truth's console does; needs the extra ``nblabel[sql]``.

        Parameters
        ----------
        where : str
            What would stand after WHERE in Amazon S3 Select: ``s."source-ref" LIKE '%cat%' AND s.page > 3``. Keys stand after ``s.``, in double
            quotes where they are not plain words, texts in single quotes; ``s."cats-metadata"."class-name"`` and ``s.boxes[0]`` look into values.
            There are ``= <> != < <= > >= LIKE IN BETWEEN``, ``IS [NOT] NULL``, ``IS [NOT] MISSING``, ``AND OR NOT``, brackets, ``LOWER UPPER TRIM
            CHAR_LENGTH`` and ``CAST(... AS INT | FLOAT | DECIMAL | STRING | BOOL)``.

        Raises
        ------
        QueryError
            The condition cannot be understood; the message says where.
        MissingExtraError
            DuckDB is not installed.
        ManifestError
            A cell has no JSON form.

        Examples
        --------
        >>> import nblabel.accessor
        >>> df = pd.DataFrame({"source-ref": ["s3://b/cat.jpg", "s3://b/dog.jpg"], "page": [1, 2]})
        >>> df.nblabel.select("s.\"source-ref\" LIKE '%cat%' AND s.page < 2")
               source-ref  page
        0  s3://b/cat.jpg     1
        """
        from nblabel.manifest import select

        return select(self._frame, where)

    def sample(self, n: int | None = None, *, frac: float | None = None, seed: int | None = None) -> pd.DataFrame:
        """Return rows chosen at random, in the order in which they are; with a seed the rows that `nblabel.Scan.sample` would choose.

        Parameters
        ----------
        n, frac : int or float, optional
            How many rows, exactly; or which part of them, from 0 to 1, rounded to whole rows.
        seed : int, optional
            The same seed chooses the same rows; by default another one each time.

        Raises
        ------
        ValueError
            Neither or both of `n` and `frac` are given, or there are not as many rows.
        """
        from nblabel.manifest import sample

        return sample(self._frame, n, frac, seed)

    def split(self, objects: int = 100_000) -> list[pd.DataFrame]:
        """Return parts that follow each other, none with more rows than a labeling job may have.

        Parameters
        ----------
        objects : int, optional
            Rows in a part, at most. The default is Ground Truth's quota for a labeling job; for semantic segmentation it is 20,000.
        """
        from nblabel.manifest import split

        return split(self._frame, objects)

    def random_split(self, weights: Sequence[float], *, seed: int | None = None) -> list[pd.DataFrame]:
        """Divide the rows at random, for training and validation for instance; each row gets into one part, and the parts keep the order.

        Parameters
        ----------
        weights : sequence of float
            Sizes of the parts relative to each other: ``[0.8, 0.2]``.
        seed : int, optional
            The same seed divides alike; by default another one each time.

        Raises
        ------
        ValueError
            The weights are not positive numbers.
        """
        from nblabel.manifest import random_split

        return random_split(self._frame, weights, seed)

    def push(
        self,
        task: Task,
        team: Team | Workteam,
        *,
        name: str,
        attribute: str | None = None,
        output: str | os.PathLike[str] | None = None,
        workers_per_object: int | None = None,
        source: str | None = None,
        key: str | None = None,
        gold: str | Mapping[Any, Any] | None = None,
        priority: str | None = None,
        enough: float | None = None,
        **options: Any,
    ) -> LabelingJob | GroundTruthJob | GroundTruthJobs | LabelingJobPlan | LabelingJobsPlan:
        """Give the rows to a team; run again, it gives the same job.

        Parameters
        ----------
        task : Task
            What is asked.
        team : Team or Workteam
            Who is asked: people who share a store (`nblabel.LocalWorkforce`), or a team of Ground Truth (`nblabel.aws.team`).
        name : str
            The job's name.
        attribute : str, optional
            The label attribute; the name by default. Rows that have a label there already are left out (chaining).
        output : path or URL, optional
            Where Ground Truth's output tree is written: in a folder of the job's name.
        workers_per_object : int, optional
            Answers wanted for each row, 1 to 9; 5 for boxes and 3 for other tasks by default, as in Ground Truth's console.
        source, key : str, optional
            As in `nblabel.label`.
        gold : str or mapping, optional
            Annotations that are known to be right: a column of labels, or annotations by index label. Workers are judged by them.
        priority : str, optional
            A column of numbers; rows of higher ones are asked about first.
        enough : float, optional
            Agreement (0 to 1) of two or more answers from which a row needs no more of them.
        **options
            Fields of `nblabel.workforce.JobOptions`, such as ``task_time_limit_in_seconds``; with a team of Ground Truth those of
            `nblabel.aws.Workteam.push`.

        Returns
        -------
        LabelingJob, GroundTruthJob, GroundTruthJobs, LabelingJobPlan or LabelingJobsPlan
            The job, or several that are used like one; with a team of Ground Truth and ``dry_run=True``, what would be sent and uploaded.

        Raises
        ------
        FrameError
            When the rows cannot be given out as asked.
        TaskError
            When an option is outside its limits, or the name belongs to another job.

        Examples
        --------
        ::

            team = nl.LocalWorkforce().team("cats", invite=["ann@example.com"])
            job = df.nblabel.push(nl.BoundingBox(["cat"]), team, name="my-cat-job", output="out", workers_per_object=2)
            job.wait()
            labeled = job.result()
        """
        given: dict[str, Any] = {
            "attribute": attribute,
            "output": output,
            "workers_per_object": workers_per_object,
            "source": source,
            "key": key,
            "gold": gold,
            "priority": priority,
            "enough": enough,
        }
        return team.push(self._frame, task, name=name, **{option: value for option, value in given.items() if value is not None}, **options)

    def join(self, attribute: str, store: str | os.PathLike[str] | None = None, *, output: str | os.PathLike[str] | None = None) -> pd.DataFrame:
        """Bring what the store knows of a label attribute into this frame.

        Parameters
        ----------
        attribute : str
            The label attribute.
        store : path, optional
            The store; ``.nblabel/store.db`` by default.
        output : path, optional
            Where files such as masks are or go; by default what `nblabel.label` was last given.

        Returns
        -------
        DataFrame
            The frame itself, its label column and metadata column filled.
        """
        from nblabel.binding import join

        return join(self._frame, attribute, store, output=output)

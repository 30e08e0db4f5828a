"""The real loading and running of ONNX files, with tiny models whose answers can be told beforehand."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from harness.onnx_models import FAMILIES, write_model, write_models

from nblabel.assist import Box, Mark, OnnxSegmenter, Point, Prompts
from nblabel.errors import AssistError, StorageError

LIGHT = np.full((120, 160, 3), 255, np.uint8)
LIGHT[:, 140:] = 0


@pytest.fixture(params=FAMILIES)
def segmenter(request, tmp_path):
    return OnnxSegmenter(*write_models(tmp_path, request.param), name=request.param)


def columns(line):
    return np.flatnonzero(line)[[0, -1]].tolist()


def test_box_and_extreme_points(segmenter):
    embedding = segmenter.embed(LIGHT)
    extremes = (Point(50, 20), Point(20, 30), Point(60, 60), Point(80, 50))
    for prompts in (Prompts(box=Box(20, 20, 60, 40)), Prompts(extremes=extremes)):
        mask = segmenter.predict(embedding, prompts)
        assert np.abs(np.array(columns(mask[40]) + columns(mask[:, 50])) - [20, 79, 20, 59]).max() <= 1


def test_marks_and_the_image(segmenter):
    mask = segmenter.predict(segmenter.embed(LIGHT), Prompts(marks=(Mark.click(40, 50), Mark.click(130, 60))))
    assert np.abs(np.array(columns(mask[50, :100])) - [28, 51]).max() <= 1
    assert mask[60, 136]
    assert not mask[60, 143:].any(), "the image's dark part"
    less = segmenter.predict(segmenter.embed(LIGHT), Prompts(box=Box(20, 20, 60, 40), marks=(Mark.click(50, 40, positive=False),)))
    assert not less[35:45, 45:55].any()
    assert less[25, 25]


def test_scribble(segmenter):
    mask = segmenter.predict(segmenter.embed(LIGHT), Prompts(marks=(Mark((Point(20, 20), Point(60, 20), Point(60, 100))),)))
    assert mask[20, 20:60].all()
    assert mask[20:100, 60].all()
    assert not mask[60, 20]


def test_what_the_model_answered_is_fed_back(tmp_path):
    segmenter = OnnxSegmenter(*write_models(tmp_path, "SAM"))
    given = np.zeros((120, 160), bool)
    given[60:110, 60:90] = True
    embedding = segmenter.embed(LIGHT)
    assert (segmenter.predict(embedding, Prompts(), given) == given).all()
    mask = segmenter.predict(embedding, Prompts(marks=(Mark.click(30, 30),)), given)
    assert mask[30, 30]
    assert mask[64:106, 64:86].all()


@pytest.mark.parametrize("family", ["EdgeSAM", "EfficientSAM"])
def test_a_model_without_memory_refuses_a_previous_mask(tmp_path, family):
    segmenter = OnnxSegmenter(*write_models(tmp_path, family))
    with pytest.raises(AssistError, match="takes no mask"):
        segmenter.predict(segmenter.embed(LIGHT), Prompts(marks=(Mark.click(3, 3),)), np.ones((120, 160), bool))


def test_embeds_once_and_remembers_answers(segmenter, monkeypatch):
    runs = []
    embedding = segmenter.embed(LIGHT)
    ask = OnnxSegmenter._ask
    monkeypatch.setattr(OnnxSegmenter, "_ask", lambda *given: runs.append(given[2]) or ask(*given))
    clicks = tuple(Mark.click(20 + 30 * number, 50) for number in range(3))
    for count in (1, 2, 3, 2):
        segmenter.predict(embedding, Prompts(marks=clicks[:count]))
    assert [len(prompts.marks) for prompts in runs] == [1, 2, 3]


def test_missing_file(tmp_path):
    encoder, _ = write_models(tmp_path, "SAM")
    with pytest.raises(StorageError, match=r"nothing\.onnx: no such file; give the local path of the decoder's ONNX file"):
        OnnxSegmenter(encoder, tmp_path / "nothing.onnx")


def test_file_that_is_no_model(tmp_path):
    encoder, decoder = write_models(tmp_path, "SAM")
    encoder.write_bytes(b"not a model")
    with pytest.raises(AssistError, match=r"encoder\.onnx: onnxruntime cannot load this as the encoder"):
        OnnxSegmenter(encoder, decoder)


def test_encoder_and_decoder_swapped(tmp_path):
    encoder, decoder = write_models(tmp_path, "SAM")
    with pytest.raises(AssistError, match=r"encoder\.onnx: the decoder takes image tensor\(float\).*expected the decoder of SAM, MobileSAM"):
        OnnxSegmenter(decoder, encoder)


def test_encoder_and_decoder_of_different_models(tmp_path):
    (tmp_path / "other").mkdir()
    encoder, _ = write_models(tmp_path, "SAM")
    _, decoder = write_models(tmp_path / "other", "SAM 2")
    with pytest.raises(AssistError, match=r"the encoder gives image_embeddings .*; expected high_res_feats_0, high_res_feats_1, image_embed"):
        OnnxSegmenter(encoder, decoder)


def test_encoder_without_an_image(tmp_path):
    _, decoder = write_models(tmp_path, "SAM")
    encoder = write_model(tmp_path / "flat.onnx", "flat (float[7] text) => (float[7] image_embeddings) { image_embeddings = Identity (text) }")
    with pytest.raises(AssistError, match=r"the encoder takes text tensor\(float\)\[7\]; expected one image of shape \(1, 3, side, side\)"):
        OnnxSegmenter(encoder, decoder)


def test_without_onnxruntime(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(AssistError, match=r'pip install "nblabel\[segment\]"'):
        OnnxSegmenter(*write_models(tmp_path, "SAM"))

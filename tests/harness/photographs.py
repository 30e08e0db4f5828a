"""Pictures made for tests, so that every pixel is known."""

from __future__ import annotations

import json

from PIL import Image, ImageDraw

SIZES = [(640, 480), (400, 600), (1200, 300), (64, 64)]


def picture(width, height, shade):
    """Draw a checked ground with a bright box in the middle."""
    image = Image.new("RGB", (width, height), (shade, 90, 160))
    draw = ImageDraw.Draw(image)
    for x in range(0, width, 40):
        draw.line([(x, 0), (x, height)], fill=(shade, 120, 190))
    draw.rectangle([width // 4, height // 4, width * 3 // 4, height * 3 // 4], fill=(250, 230, 120))
    return image


def save_photographs(folder):
    """Write four pictures and `photos.manifest` beside them; returns the manifest's path."""
    lines = []
    for number, (width, height) in enumerate(SIZES):
        picture(width, height, 40 + 40 * number).save(folder / f"{number}.jpg", quality=85)
        lines.append(json.dumps({"source-ref": f"{number}.jpg", "site": "A"}, separators=(",", ":")))
    manifest = folder / "photos.manifest"
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return manifest

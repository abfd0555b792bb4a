"""Draws the pictures of the sample network into examples/: `python docs/looks/draw.py`. The same whenever it is run."""

import math
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
MOST = 26_000  # bytes of each
WIDTH, HEIGHT, FINE = 1200, 800, 2  # drawn twice as fine, for smooth edges
Colour = tuple[int, int, int]


def sky(above: str, below: str) -> Image.Image:
    """A ground that goes from one colour to another."""
    blend = Image.linear_gradient("L").resize((WIDTH * FINE, HEIGHT * FINE))
    size = blend.size
    return Image.composite(Image.new("RGB", size, below), Image.new("RGB", size, above), blend)


def hill(image: Image.Image, base: float, swing: float, colour: str, phase: float) -> None:
    """A wave of land across the picture; heights are parts of it."""
    wide, high = image.size
    line = [
        (x, high * (base + swing * math.sin(phase + 3.2 * x / wide) + swing / 3 * math.sin(phase * 2 + 8 * x / wide)))
        for x in range(0, wide + 8, 8)
    ]
    ImageDraw.Draw(image).polygon([(0, high), *line, (wide, high)], fill=colour)


def disc(image: Image.Image, x: float, y: float, r: float, colour: str, *, squash: float = 1.0) -> None:
    """A circle, or an ellipse; everything in parts of the width."""
    wide, _ = image.size
    box = ((x - r) * wide, (y - r * squash) * wide, (x + r) * wide, (y + r * squash) * wide)
    ImageDraw.Draw(image).ellipse(box, fill=colour)


def stroke(image: Image.Image, points: list[tuple[float, float]], thick: float, colour: str) -> None:
    """A line through points in parts of the width."""
    wide, _ = image.size
    places = [(x * wide, y * wide) for x, y in points]
    ImageDraw.Draw(image).line(places, fill=colour, width=max(2, round(thick * wide)), joint="curve")


def leaf(image: Image.Image, place: tuple[float, float], length: float, angle: float, colour: str) -> None:
    """A pointed leaf that begins at a place."""
    x, y = place
    side = 24
    edge = [(t / side, 0.26 * math.sin(math.pi * t / side)) for t in range(side + 1)]
    outline = edge + [(along, -across) for along, across in reversed(edge)]
    turn = math.radians(angle)
    wide, _ = image.size
    points = [
        (
            (x + length * (a * math.cos(turn) - b * math.sin(turn))) * wide,
            (y + length * (a * math.sin(turn) + b * math.cos(turn))) * wide,
        )
        for a, b in outline
    ]
    ImageDraw.Draw(image).polygon(points, fill=colour)


def orchard(dice: random.Random) -> Image.Image:
    """Bare trees on a winter hill, with a low sun."""
    image = sky("#f2d9b8", "#f7efe2")
    disc(image, 0.74, 0.2, 0.075, "#f6b26b")
    hill(image, 0.55, 0.05, "#a9c0b0", 0.4)
    hill(image, 0.66, 0.05, "#7d9f86", 2.1)
    hill(image, 0.8, 0.04, "#4f7a5f", 4.4)

    def branch(x: float, y: float, length: float, angle: float, thick: float) -> None:
        end = (x + length * math.cos(angle), y + length * math.sin(angle))
        stroke(image, [(x, y), end], thick, "#3f3329")
        if length > 0.026:
            for turn in (-0.55, 0.1, 0.6):
                branch(*end, length * dice.uniform(0.6, 0.76), angle + turn + dice.uniform(-0.2, 0.2), thick * 0.66)

    for x, y, size in ((0.2, 0.56, 0.12), (0.45, 0.52, 0.09), (0.62, 0.55, 0.1), (0.86, 0.57, 0.12)):
        branch(x, y, size, -math.pi / 2, size * 0.13)
    return image


def compost(dice: random.Random) -> Image.Image:
    """Layers of a heap, with what goes in on top."""
    image = sky("#e8efe4", "#d9e4d2")
    for number, colour in enumerate(("#8a6d4b", "#5d4632", "#77603f", "#43352a", "#2e261f")):
        hill(image, 0.42 + number * 0.115, 0.022, colour, number * 1.7)
    for _ in range(110):
        x, y = dice.uniform(0, 1), dice.uniform(0.33, 0.66)
        disc(image, x, y, dice.uniform(0.002, 0.007), dice.choice(("#a58a63", "#c2a878", "#6f5840")), squash=0.7)
    for _ in range(34):
        colour = dice.choice(("#c8772e", "#dba13a", "#7f9b3d", "#b4532a", "#96a95b"))
        leaf(
            image,
            (dice.uniform(0.02, 0.95), dice.uniform(0.21, 0.3)),
            dice.uniform(0.05, 0.09),
            dice.uniform(0, 360),
            colour,
        )
    return image


def seedlings(dice: random.Random) -> Image.Image:
    """Rows of young plants in pots."""
    image = sky("#dcebe6", "#f4f2e8")
    for row, (y, size) in enumerate(((0.3, 0.055), (0.44, 0.07), (0.62, 0.09))):
        count = 9 - 2 * row
        for place in range(count):
            x = (place + 0.5) / count + dice.uniform(-0.01, 0.01)
            stroke(image, [(x, y), (x, y - size * 1.1)], size * 0.07, "#5f8a3c")
            for angle, part in ((-155, 0.95), (-25, 0.95), (-120, 0.7), (-60, 0.7)):
                green = dice.choice(("#6a9a45", "#83b05a", "#4f8245"))
                leaf(image, (x, y - size * dice.uniform(0.6, 1.1)), size * part, angle + dice.uniform(-12, 12), green)
            wide, _ = image.size
            pot = [
                (x - size * 0.42, y),
                (x + size * 0.42, y),
                (x + size * 0.3, y + size * 0.62),
                (x - size * 0.3, y + size * 0.62),
            ]
            ImageDraw.Draw(image).polygon([(a * wide, b * wide) for a, b in pot], fill="#c4693f")
            stroke(image, [(x - size * 0.46, y), (x + size * 0.46, y)], size * 0.13, "#a9542f")
    return image


def shed(dice: random.Random) -> Image.Image:
    """A shed with its light on, at dusk."""
    image = sky("#29405a", "#7c8fa6")
    for _ in range(40):
        disc(image, dice.uniform(0, 1), dice.uniform(0, 0.28), dice.uniform(0.0008, 0.002), "#f3ead2")
    hill(image, 0.68, 0.04, "#31503f", 1.1)
    wide, _ = image.size
    draw = ImageDraw.Draw(image)
    scaled = [(x * wide, y * wide) for x, y in ((0.33, 0.3), (0.67, 0.3), (0.67, 0.56), (0.33, 0.56))]
    draw.polygon(scaled, fill="#6d4c33")
    for number in range(12):
        x = 0.33 + 0.34 * number / 12
        stroke(image, [(x, 0.3), (x, 0.56)], 0.0016, "#563a26")
    draw.polygon([(x * wide, y * wide) for x, y in ((0.29, 0.31), (0.5, 0.17), (0.71, 0.31))], fill="#3b2c22")
    glow = Image.new("L", image.size, 0)
    ImageDraw.Draw(glow).ellipse([v * wide for v in (0.3, 0.26, 0.6, 0.62)], fill=110)
    image = Image.composite(Image.new("RGB", image.size, "#ffcf7a"), image, glow.filter(ImageFilter.GaussianBlur(90)))
    draw = ImageDraw.Draw(image)
    draw.rectangle([v * wide for v in (0.39, 0.35, 0.49, 0.45)], fill="#ffe2a0")
    stroke(image, [(0.44, 0.35), (0.44, 0.45)], 0.004, "#563a26")
    stroke(image, [(0.39, 0.4), (0.49, 0.4)], 0.004, "#563a26")
    draw.rectangle([v * wide for v in (0.55, 0.37, 0.62, 0.56)], fill="#402c1f")
    hill(image, 0.84, 0.03, "#20382c", 3.0)
    return image


def fields(dice: random.Random) -> Image.Image:
    """Shared land, seen from above."""
    image = sky("#cfe0d3", "#e9ecd9")
    colours = ("#8fb06a", "#c9b45c", "#6f9a5b", "#a9c17a", "#d7c98a", "#5d8552", "#b98d52")
    wide, high = image.size
    draw = ImageDraw.Draw(image)
    for row in range(4):
        for column in range(5):
            x, y = column / 5 - 0.1 + row * 0.04, row / 4
            points = [(x, y), (x + 0.19, y + 0.02), (x + 0.23, y + 0.24), (x + 0.03, y + 0.23)]
            draw.polygon([(a * wide, b * high) for a, b in points], fill=dice.choice(colours))
            for line in range(1, 8):
                along = line / 8
                ends = [(x + 0.19 * along, y + 0.015), (x + 0.03 + 0.19 * along, y + 0.22)]
                draw.line([(a * wide, b * high) for a, b in ends], fill="#e3e6bd", width=2)
    stroke(image, [(0.0, 0.5), (0.3, 0.4), (0.55, 0.44), (1.0, 0.2)], 0.022, "#8fb7c9")
    return image


PICTURES = {
    "events/pruning-day": orchard,
    "events/network-meeting": shed,
    "events/conference": fields,
    "vacancies/compost-trainer": compost,
    "vacancies/nursery-assistant": seedlings,
}

if __name__ == "__main__":
    for name, draw_it in PICTURES.items():
        drawn = draw_it(random.Random(name)).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        file = EXAMPLES / f"{name}.webp"
        for quality in range(85, 20, -5):
            drawn.save(file, quality=quality, method=6)
            if file.stat().st_size < MOST:
                break
        print(f"{file}: {file.stat().st_size:,} bytes")

"""How colours look: contrast, difference, and what people with a colour-vision deficiency see.

Simulation: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color
Vision Deficiency", IEEE TVCG 15 (2009), the matrices of severity 1.0, applied to linear RGB.
Difference: Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula", Color Res. Appl. 30 (2005).
Contrast: WCAG 2.2, "contrast ratio".
"""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NORMAL = np.eye(3)
PROTANOPIA = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
TRITANOPIA = np.array(
    [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]
)
GREYSCALE = np.array([[0.2126, 0.7152, 0.0722]] * 3)
COLOUR_VISIONS = {
    "normal": NORMAL,
    "protanopia": PROTANOPIA,
    "deuteranopia": DEUTERANOPIA,
    "tritanopia": TRITANOPIA,
}
VISIONS = {**COLOUR_VISIONS, "greyscale": GREYSCALE}

_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def rgb(color: str) -> Array:
    """Return "#rrggbb" as three values 0 to 1."""
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def linear(srgb: Array) -> Array:
    """Return light intensities for sRGB values, both 0 to 1."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def encoded(light: Array) -> Array:
    """Return sRGB values for light intensities, both 0 to 1."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def seen(srgb: Array, vision: Array) -> Array:
    """Return how sRGB colours, shape (..., 3), look through *vision*."""
    return encoded(np.clip(linear(srgb) @ vision.T, 0, 1))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted(float(GREYSCALE[0] @ linear(rgb(color))) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(srgb: Array) -> tuple[float, float, float]:
    """Return CIE L*, a*, b* of one colour, for the D65 white point."""
    t = _XYZ @ linear(srgb) / _WHITE
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return float(116 * y - 16), float(500 * (x - y)), float(200 * (y - z))


def hue(color: str) -> float:
    """Return the CIE Lab hue angle of a colour, degrees."""
    _, a, b = lab(rgb(color))
    return degrees(atan2(b, a)) % 360


def difference(one: Array, other: Array) -> float:
    """Return the CIEDE2000 difference of two sRGB colours."""
    l1, a1, b1 = lab(one)
    l2, a2, b2 = lab(other)
    c7 = ((hypot(a1, b1) + hypot(a2, b2)) / 2) ** 7
    grey = 1.5 - 0.5 * sqrt(c7 / (c7 + 25**7))
    c1, c2 = hypot(grey * a1, b1), hypot(grey * a2, b2)
    h1, h2 = degrees(atan2(b1, grey * a1)) % 360, degrees(atan2(b2, grey * a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    middle = h1 + turn / 2 if c1 * c2 else h1 + h2
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(radians(middle - 30))
        + 0.24 * cos(radians(2 * middle))
        + 0.32 * cos(radians(3 * middle + 6))
        - 0.20 * cos(radians(4 * middle - 63))
    )
    dl = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / sqrt(20 + (lightness - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * t)
    blue = exp(-((((middle % 360) - 275) / 25) ** 2))
    rotation = -2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(radians(60 * blue))
    return sqrt(dl * dl + dc * dc + dh * dh + rotation * dc * dh)

"""QR codes."""

from __future__ import annotations

import segno


def svg(address: str, *, style: str = "") -> str:
    """A QR code of an address as an SVG without any style of its own, with the four modules of quiet around it that readers need.

    A seventh of it may be smudged (level M). The mask is given: looking for the best one takes longest, and no reader needs it.
    """
    code = segno.make(address, error="m", boost_error=False, mask=0, micro=False)
    return code.svg_inline(border=4, omitsize=True, svgclass=style or None, lineclass=None)

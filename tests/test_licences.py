"""What the base install brings may be used, changed and sold with: no copyleft slips in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement

FREE = re.compile(
    r"(0?BSD|MIT|Apache|MPL|Mozilla Public|PSF|Python Software Foundation|CNRI-Python|ISC|Zlib"
    r"|Unlicense|CC0|The MIT|[23]-clause BSD|HPND)\b.*",
    re.IGNORECASE | re.DOTALL,
)
CLASSIFIER = "License :: OSI Approved :: "


def brought(name: str, extras: Iterable[str] = (), seen: set[str] | None = None) -> Iterator[str]:
    """A distribution that is installed and all that it requires here."""
    seen = set() if seen is None else seen
    if name.lower() in seen:
        return
    seen.add(name.lower())
    try:
        required = distribution(name).requires or ()
    except PackageNotFoundError:
        return
    yield name
    for requirement in map(Requirement, required):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *extras)):
            yield from brought(requirement.name, requirement.extras, seen)


def terms(metadata: Message) -> list[list[str]]:
    """What must be accepted: one licence of each group."""
    if expression := metadata.get("License-Expression"):
        groups = re.split(r"\s+AND\s+", expression.replace("(", "").replace(")", ""))
        return [re.split(r"\s+OR\s+", group) for group in groups]
    approved = [c for c in metadata.get_all("Classifier") or () if c.startswith(CLASSIFIER)]
    if approved:
        return [[c.removeprefix(CLASSIFIER) for c in approved]]
    named = metadata.get("License", "?").partition("\n")[0]
    return [re.split(r"\s+OR\s+", group) for group in re.split(r"\s+AND\s+", named)]


def refused(metadata: Message) -> list[list[str]]:
    return [group for group in terms(metadata) if not any(map(FREE.fullmatch, group))]


def test_the_base_install_is_free():
    names = list(brought("unscripted"))
    assert len(names) > 40
    assert {n: bad for n in names if (bad := refused(distribution(n).metadata))} == {}


@pytest.mark.parametrize(
    ("field", "value", "fine"),
    [
        ("License-Expression", "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("License-Expression", "GPL-3.0-only OR MIT", True),
        ("License-Expression", "MIT AND LGPL-2.1-or-later", False),
        ("License-Expression", "GPL-3.0-only", False),
        ("Classifier", f"{CLASSIFIER}BSD License", True),
        ("Classifier", f"{CLASSIFIER}GNU General Public License v3 (GPLv3)", False),
        ("License", "MIT License\n\nCopyright", True),
        ("License", "proprietary", False),
        ("Author", "who says nothing of a licence", False),
    ],
)
def test_copyleft_is_refused(field, value, fine):
    metadata = Message()
    metadata[field] = value
    assert (refused(metadata) == []) is fine

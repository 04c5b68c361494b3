"""Escape sequences, control and direction characters, and texts full of them."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = st.sampled_from(
    [
        "\x1b[31m", "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\x\x1b]8;;\x1b\\",
        "\x1bPq\x1b\\", "\x1b(0", "\x1bc", "\x1b", "\x9b31m", "\x9d0;t\x9c", "\x90", "\x85", "\x00",
        "\x07", "\x08", "\x0b", "\x0c", "\x7f", "\r", "\r\n", "\u202e", "\u202d", "\u2066",
    ]
)  # fmt: skip
DIRTY = st.lists(HOSTILE | st.text(max_size=8), max_size=8).map("".join)
FORBIDDEN = {
    *map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *"\u202a\u202b\u202c\u202d\u202e",
    *"\u2066\u2067\u2068\u2069",
} - {"\n", "\t"}  # fmt: skip

"""Read the bytes of a raw file as text: its encoding found, characters mended that went through a wrong one."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from kb.errors import InputError, MissingExtra

MAX_BYTES = 20 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = frozenset("“”\u2018\u2019\u2013—•…·°®©™€£ éèêëáàâäãåæçíìîïñóòôöõøßúùûüýÿÉÈÁÀÄÅÆÇÑÓÖØÜœŒ«»¡¿½¼²³µ\u00d7±§")
# UTF-8 read as Greek Windows-1253: the first byte of three is a beta, of four a pi. ftfy leaves these, because the
# holes of code page 1253 were filled from 1252, which no single code page does.
_GREEK = re.compile("β[^\x00-\x7f]{2}|π[^\x00-\x7f]{3}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def read_text(file: Path, path: str) -> tuple[str, int]:
    """Return the text of a file with plain line ends, and how many lines of it were mended.

    Raises:
        InputError: there is no such file, it is a folder, too large, binary, or in no encoding that can be told.
    """
    try:
        if file.is_dir():
            raise InputError(path, "is a folder, not a file")
        if not file.exists():
            raise InputError(path, "does not exist")
        if not file.is_file():
            raise InputError(path, "is not a regular file")
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise InputError(path, f"has {size:,} bytes; at most {MAX_BYTES:,} are read")
        raw = file.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return mend(decode(raw, path).replace("\r\n", "\n").replace("\r", "\n"))


def decode(raw: bytes, path: str) -> str:
    """Return bytes as text: by byte order mark, as UTF-8, or in the encoding they look like.

    Raises:
        InputError: they are not text, or no encoding fits.
    """
    try:
        for mark, encoding in _BOMS:
            if raw.startswith(mark):
                return _checked(_marked(raw, encoding, path), path)
        if b"\0" in raw:
            return _checked(raw.decode(_wide(raw, path)), path)
        return _checked(raw.decode("utf-8"), path)
    except UnicodeDecodeError:
        return _checked(_guessed(raw, path), path)


def mend(text: str) -> tuple[str, int]:
    """Put right characters that were decoded wrongly, line by line; return the text and the number of lines changed."""
    if text.isascii():
        return text, 0
    try:
        from ftfy import TextFixerConfig, fix_text  # 50 ms, and most files do not need it
    except ModuleNotFoundError:
        raise MissingExtra("import", "reading raw notes") from None

    config = TextFixerConfig(
        unescape_html=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        normalization=None,
        explain=False,
    )
    lines = text.split("\n")
    fixed = [line if line.isascii() else fix_text(_GREEK.sub(_ungreek, line), config) for line in lines]
    return "\n".join(fixed), sum(map(str.__ne__, lines, fixed))


def _ungreek(match: re.Match[str]) -> str:
    found = bytearray()
    for character in match.group():
        for encoding in ("cp1253", "cp1252", "latin-1"):
            try:
                found += character.encode(encoding)
                break
            except UnicodeEncodeError:
                continue
        else:
            return match.group()
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def _marked(raw: bytes, encoding: str, path: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(path, f"is not text: its mark says {encoding}, byte {error.start:,} does not fit") from None


def _wide(raw: bytes, path: str) -> str:
    """Return which UTF-16 bytes with zeros are in; text in Latin letters has its zeros on one side."""
    even, odd = raw[:4096:2].count(0), raw[1:4096:2].count(0)
    half = len(raw[:4096]) // 2
    if len(raw) % 2 == 0 and odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if len(raw) % 2 == 0 and even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    raise InputError(path, f"is not text: a NUL byte on line {raw[: raw.index(0)].count(10) + 1}")


def _guessed(raw: bytes, path: str) -> str:
    """Decode bytes that are not UTF-8; Western European first, which a guess on a few letters often misses."""
    try:
        western = raw.decode("cp1252")
    except UnicodeDecodeError:
        western = ""
    if western and _WESTERN.issuperset(c for c in western if ord(c) > 127):
        return western
    try:
        from charset_normalizer import from_bytes
    except ModuleNotFoundError:
        raise MissingExtra("import", "reading raw notes") from None
    best = from_bytes(raw).best()
    if best is None:
        raise InputError(path, "is in an encoding that cannot be told; save it as UTF-8")
    return str(best)


def _checked(text: str, path: str) -> str:
    """Return text without a byte order mark.

    Raises:
        InputError: it has more control characters than text has, or a NUL.
    """
    text = text.removeprefix("\ufeff")
    strange = len(_CONTROL.findall(text))
    if "\0" in text or strange > max(8, len(text) // 50):
        raise InputError(path, f"is not text: {strange:,} control characters")
    return text

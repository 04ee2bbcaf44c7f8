"""A ZIP container with one date for all its entries, so that the same content gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime


def with_date(data: bytes, moment: datetime) -> bytes:
    """The archive `data` packed anew, every entry dated `moment`."""
    stamp = moment.timetuple()[:6]
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, stamp), old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()

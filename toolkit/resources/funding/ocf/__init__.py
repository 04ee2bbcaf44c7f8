"""Open Cap Format: cap tables from and to the packages that cap-table systems exchange."""

from toolkit.resources.funding.ocf.export import Issuer, write_ocf
from toolkit.resources.funding.ocf.load import read_ocf

__all__ = ["Issuer", "read_ocf", "write_ocf"]

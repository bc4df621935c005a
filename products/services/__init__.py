"""Every write on devices and the catalogue."""

from products.services.devices import (
    PROBLEMS,
    Details,
    correct_device,
    imei_refusal,
    owner_for,
    register_device,
    register_for,
    require_imei,
)
from products.services.exchanges import NewPhone, exchange_device, undo_exchange
from products.services.owners import change_owner, undo_owner_change
from products.services.serials import (
    CertificateDetails,
    Serial,
    add_serial,
    record_certificate,
    remove_serial,
)

__all__ = [
    "PROBLEMS",
    "CertificateDetails",
    "Details",
    "NewPhone",
    "Serial",
    "add_serial",
    "change_owner",
    "correct_device",
    "exchange_device",
    "imei_refusal",
    "owner_for",
    "record_certificate",
    "register_device",
    "register_for",
    "remove_serial",
    "require_imei",
    "undo_exchange",
    "undo_owner_change",
]

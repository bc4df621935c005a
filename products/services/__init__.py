"""Every write on devices and the catalogue."""

from products.services.devices import PROBLEMS, register_device, require_imei

__all__ = ["PROBLEMS", "register_device", "require_imei"]

"""Tables of the catalogue and of devices."""

from products.enums import Component
from products.models.catalogue import Bilingual, FaultCode, Manufacturer, ModelPart, ProductModel, ServiceCode
from products.models.devices import Certificate, Device, DeviceChange, DeviceSerial, Exchange, Ownership

__all__ = [
    "Bilingual",
    "Certificate",
    "Component",
    "Device",
    "DeviceChange",
    "DeviceSerial",
    "Exchange",
    "FaultCode",
    "Manufacturer",
    "ModelPart",
    "Ownership",
    "ProductModel",
    "ServiceCode",
]

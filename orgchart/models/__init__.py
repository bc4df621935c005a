"""Tables of the organisation."""

from orgchart.models.appointments import Appointment, Deputyship, Establishment, Leave
from orgchart.models.files import LoanedItem, Qualification, StaffImport
from orgchart.models.people import Person
from orgchart.models.positions import Position, PositionVersion, Signature
from orgchart.models.powers import Override, PowerUse
from orgchart.models.units import Unit, UnitLink

__all__ = [
    "Appointment",
    "Deputyship",
    "Establishment",
    "Leave",
    "LoanedItem",
    "Override",
    "Person",
    "Position",
    "PositionVersion",
    "PowerUse",
    "Qualification",
    "Signature",
    "StaffImport",
    "Unit",
    "UnitLink",
]

"""Tables of the organisation."""

from orgchart.models.appointments import Appointment
from orgchart.models.people import Person
from orgchart.models.positions import Position
from orgchart.models.units import Unit, UnitLink

__all__ = ["Appointment", "Person", "Position", "Unit", "UnitLink"]

"""Paths of powers and rights: `urlpatterns` below /api/v1/staff/, `question_patterns` below /api/v1/rights/."""

from __future__ import annotations

from django.urls import path

from orgchart.api import powers

urlpatterns = [
    path("<int:pk>/powers/", powers.powers, name="staff_powers"),
    path("<int:pk>/powers/<slug:power>/", powers.use, name="staff_power_use"),
    path("<int:pk>/rights/", powers.rights, name="staff_rights"),
]
question_patterns = [path("", powers.question, name="rights_question")]

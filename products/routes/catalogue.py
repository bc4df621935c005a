"""The catalogue."""

from __future__ import annotations

from django.urls import URLPattern, path

from products.views.catalogue import editing, reading

urlpatterns: list[URLPattern] = [
    path("catalogue/", reading.start, name="catalogue"),
    path("catalogue/models/", reading.models, name="models"),
    path("catalogue/models/new/", editing.model_add, name="model_add"),
    path("catalogue/models/<int:pk>/", reading.model, name="model"),
    path("catalogue/models/<int:pk>/edit/", editing.model_edit, name="model_edit"),
    path("catalogue/models/<int:pk>/parts/new/", editing.part_add, name="part_add"),
    path("catalogue/models/<int:pk>/parts/copy/", editing.parts_copy, name="parts_copy"),
    path("catalogue/parts/<int:pk>/edit/", editing.part_edit, name="part_edit"),
    path("catalogue/makers/", reading.makers, name="makers"),
    path("catalogue/makers/new/", editing.maker_add, name="maker_add"),
    path("catalogue/makers/<int:pk>/", reading.maker, name="maker"),
    path("catalogue/makers/<int:pk>/edit/", editing.maker_edit, name="maker_edit"),
    path("catalogue/faults/", reading.faults, name="faults"),
    path("catalogue/faults/new/", editing.fault_add, name="fault_add"),
    path("catalogue/faults/<int:pk>/", reading.fault, name="fault"),
    path("catalogue/faults/<int:pk>/edit/", editing.fault_edit, name="fault_edit"),
    path("catalogue/faults/<int:pk>/causes/", editing.fault_causes, name="fault_causes"),
    path("catalogue/codes/", reading.codes, name="codes"),
    path("catalogue/codes/new/<slug:kind>/", editing.code_add, name="code_add"),
    path("catalogue/codes/<int:pk>/", reading.code, name="code"),
    path("catalogue/codes/<int:pk>/edit/", editing.code_edit, name="code_edit"),
    path("catalogue/codes/<int:pk>/remedies/", editing.code_remedies, name="code_remedies"),
    path("catalogue/<slug:sort>/<int:pk>/<slug:verb>/", editing.life, name="catalogue_life"),
]

"""Finding, duplicates, merging."""

from __future__ import annotations

from django.urls import path

from customers.views import finding, merging

urlpatterns = [
    path("customers/", finding.customer_list, name="list"),
    path("customers/similar/", finding.similar, name="similar"),
    path("customers/duplicates/", merging.worklist, name="duplicates"),
    path("customers/<int:pk>/merge/", merging.choose, name="merge_choose"),
    path("customers/<int:pk>/merge/<int:other>/", merging.compare, name="merge_compare"),
    path("customers/merges/<int:pk>/", merging.merged, name="merged"),
    path("customers/merges/<int:pk>/undo/", merging.undo, name="merge_undo"),
]

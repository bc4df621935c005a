"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from tickets.views import call, case, lists, search, steps

app_name = "tickets"
urlpatterns = [
    path("cases/", lists.cases, name="cases"),
    path("cases/export/", lists.export, name="export"),
    path("cases/<int:number>/", case.case_page, name="case"),
    path("cases/<int:number>/reveal/<slug:field>/", case.reveal, name="reveal"),
    path("cases/<int:number>/who-may/", case.who_may, name="who_may"),
    path("cases/<int:number>/<slug:action>/", steps.step, name="step"),
    path("calls/new/", call.call, name="call"),
    path("calls/lookup/", call.look_up, name="look_up"),
    path("search/", search.search, name="search"),
    path("search/<str:token>/", search.found, name="found"),
]

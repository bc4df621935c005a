"""Customer files."""

from __future__ import annotations

from django.urls import URLPattern, path

from customers.views import file_care, file_edit, files

_FILE = "customers/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("customers/new/", files.new, name="new"),
    path("customers/care/", files.care, name="care"),
    path("customers/regions/", file_edit.regions, name="regions"),
    path(_FILE, files.file, name="file"),
    path(f"{_FILE}correct/", file_edit.correct, name="correct"),
    path(f"{_FILE}phones/new/", file_edit.phone_new, name="phone_new"),
    path(f"{_FILE}phones/<int:phone>/correct/", file_edit.phone_correct, name="phone_correct"),
    path(f"{_FILE}phones/<int:phone>/<slug:what>/", file_edit.phone_act, name="phone_act"),
    path(f"{_FILE}addresses/new/", file_edit.address_new, name="address_new"),
    path(f"{_FILE}addresses/<int:address>/correct/", file_edit.address_correct, name="address_correct"),
    path(f"{_FILE}addresses/<int:address>/main/", file_edit.address_main, name="address_main"),
    path(f"{_FILE}addresses/<int:address>/remove/", file_edit.address_remove, name="address_remove"),
    path(f"{_FILE}consents/new/", file_care.consent_new, name="consent_new"),
    path(f"{_FILE}consents/<slug:purpose>/withdraw/", file_care.consent_withdraw, name="consent_withdraw"),
    path(f"{_FILE}promises/new/", file_care.promise_new, name="promise_new"),
    path(f"{_FILE}promises/<int:promise>/keep/", file_care.promise_keep, name="promise_keep"),
    path(f"{_FILE}promises/<int:promise>/reopen/", file_care.promise_reopen, name="promise_reopen"),
    path(f"{_FILE}care/new/", file_care.care_new, name="care_new"),
    path(f"{_FILE}care/<int:call>/result/", file_care.care_result, name="care_result"),
    path(f"{_FILE}care/<int:call>/cancel/", file_care.care_cancel, name="care_cancel"),
]

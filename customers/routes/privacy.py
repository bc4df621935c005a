"""Protection of personal data."""

from __future__ import annotations

from django.urls import URLPattern, path

from customers.views import privacy, privacy_requests

urlpatterns: list[URLPattern] = [
    path("privacy/", privacy.reveal_list, name="reveals"),
    path("privacy/people/", privacy.reveal_people, name="reveal_people"),
    path("privacy/export/", privacy.reveal_export, name="reveal_export"),
    path("privacy/notices/", privacy.notice_list, name="notices"),
    path("privacy/notices/new/", privacy.notice_new, name="notice_new"),
    path("privacy/notices/<int:number>/", privacy.notice_detail, name="notice"),
    path("privacy/notices/<int:number>/print/", privacy.notice_print, name="notice_print"),
    path("privacy/retention/", privacy.retention, name="retention"),
    path("privacy/requests/", privacy_requests.request_list, name="requests"),
    path("privacy/requests/<int:pk>/", privacy_requests.request_detail, name="request"),
    path("privacy/requests/<int:pk>/answer/", privacy_requests.request_answer, name="request_answer"),
    path("privacy/requests/<int:pk>/erase/", privacy_requests.request_erase, name="request_erase"),
    path("privacy/requests/<int:pk>/letter/", privacy_requests.request_letter, name="request_letter"),
    path("customers/<int:pk>/requests/new/", privacy_requests.request_new, name="request_new"),
    path("customers/<int:pk>/hold/", privacy_requests.hold, name="hold"),
]

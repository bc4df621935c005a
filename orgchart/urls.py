"""Pages of the organisation and of one's own account."""

from __future__ import annotations

from django.urls import path

from orgchart import views

app_name = "orgchart"

urlpatterns = [
    path("staff/", views.staff_list, name="staff"),
    path("staff/<int:pk>/", views.person_detail, name="person"),
    path("staff/<int:pk>/reset-password/", views.reset_password, name="reset_password"),
    path("staff/<int:pk>/reset-second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("staff/<int:pk>/end-sessions/", views.end_sessions, name="end_sessions"),
    path("staff/<int:pk>/leave/", views.close_account, name="close_account"),
    path("units/", views.unit_tree, name="units"),
    path("account/", views.profile, name="profile"),
    path("account/sessions/", views.own_sessions, name="sessions"),
    path("account/forgotten/", views.forgotten_password, name="forgotten"),
    path("account/renew/", views.session_renew, name="session_renew"),
]

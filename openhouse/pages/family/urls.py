"""Addresses for guardians."""

from django.urls import path

from openhouse.pages.family import add_student, emergency_card, home, passkey, sessions, student

app_name = "family"
urlpatterns = [
    path("", home.page, name="home"),
    path("add-a-student/", add_student.page, name="add_student"),
    path("security/passkey/remove/", passkey.remove, name="remove_passkey"),
    path("security/sessions/end/", sessions.end, name="end_session"),
    path("security/sessions/end-others/", sessions.end_others, name="end_other_sessions"),
    path("students/<uuid:key>/", student.page, name="student"),
    path("students/<uuid:key>/emergency-card/", emergency_card.page, name="emergency_card"),
]

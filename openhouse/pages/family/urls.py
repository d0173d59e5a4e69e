"""Addresses for guardians."""

from django.urls import path

from openhouse.pages.family import (
    activity,
    add_student,
    disclosures,
    emergency_card,
    home,
    passkey,
    sessions,
    siblings,
    student,
)

app_name = "family"
urlpatterns = [
    path("", home.page, name="home"),
    path("add-a-student/", add_student.page, name="add_student"),
    path("more-students/", siblings.page, name="siblings"),
    path("security/passkey/remove/", passkey.remove, name="remove_passkey"),
    path("security/sessions/end/", sessions.end, name="end_session"),
    path("security/sessions/end-others/", sessions.end_others, name="end_other_sessions"),
    path("students/<uuid:key>/", student.page, name="student"),
    path("students/<uuid:key>/emergency-card/", emergency_card.page, name="emergency_card"),
    path("students/<uuid:key>/disclosures/", disclosures.page, name="disclosures"),
    path("activity/", activity.page, name="activity"),
]

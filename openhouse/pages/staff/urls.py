"""Addresses of this part."""

app_name = "staff"
urlpatterns: list = []

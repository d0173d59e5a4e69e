"""Addresses of this part."""

app_name = "family"
urlpatterns: list = []

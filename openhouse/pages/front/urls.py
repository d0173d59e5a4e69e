"""Addresses of this part."""

app_name = "front"
urlpatterns: list = []

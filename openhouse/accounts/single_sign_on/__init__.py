"""Employee Login through the district's identity providers: OpenID Connect and SAML 2.0, by django-allauth, made strict.

A provider says who somebody is (`statement`); which employee that is, and whether they may come in, is `roles.arrival`'s to say.
allauth makes no account here and ties none: its own tables of social accounts stay empty.
"""

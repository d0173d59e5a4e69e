"""The Roles tab: who asks for a role, who holds which, those that end, and appointing Site Administrators."""

"""The District tab's **Sync**: runs, what they would change, what they set aside, and what a person decides."""

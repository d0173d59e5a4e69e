"""What the database itself does for the trail: it refuses to change or remove an entry, for whoever holds a connection, and
keeps the chain's head."""

from django.db.backends.base.base import BaseDatabaseWrapper

WORDS = "the audit trail is append-only"

# INSERT OR REPLACE removes a row without asking the trigger for removals.
SQLITE = {"update": "", "delete": "", "insert": "WHEN EXISTS (SELECT 1 FROM audit_entry WHERE position = NEW.position)"}
SQLITE_CREATE = [
    f"""CREATE TRIGGER audit_entry_{verb} BEFORE {verb.upper()} ON audit_entry {when}
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""
    for verb, when in SQLITE.items()
]
SQLITE_DROP = [f"DROP TRIGGER IF EXISTS audit_entry_{verb}" for verb in SQLITE]

POSTGRESQL_CREATE = [
    f"""CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$""",
    "CREATE TRIGGER audit_entry_change BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_entry_empty BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
]
POSTGRESQL_DROP = [
    "DROP TRIGGER IF EXISTS audit_entry_change ON audit_entry",
    "DROP TRIGGER IF EXISTS audit_entry_empty ON audit_entry",
]

FOLLOW = {
    "sqlite": [
        """CREATE TRIGGER audit_entry_follow AFTER INSERT ON audit_entry
        BEGIN UPDATE audit_head SET position = NEW.position, digest = NEW.digest; END"""
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION audit_follow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE audit_head SET position = NEW.position, digest = NEW.digest; RETURN NULL; END $$""",
        "CREATE TRIGGER audit_entry_follow AFTER INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_follow()",
    ],
}
"""The chain's head follows each entry: one statement less for every page that is recorded."""
UNFOLLOW = {
    "sqlite": ["DROP TRIGGER IF EXISTS audit_entry_follow"],
    "postgresql": ["DROP TRIGGER IF EXISTS audit_entry_follow ON audit_entry"],
}

CREATE = {"sqlite": SQLITE_CREATE, "postgresql": POSTGRESQL_CREATE}
DROP = {"sqlite": SQLITE_DROP, "postgresql": POSTGRESQL_DROP}
NAMED = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_entry_%'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'audit_entry_%' AND tgenabled <> 'D'",
}


def standing(connection: BaseDatabaseWrapper) -> bool:
    """Whether all of the triggers stand."""
    with connection.cursor() as cursor:
        cursor.execute(NAMED[connection.vendor])
        return int(cursor.fetchone()[0]) == len(DROP[connection.vendor]) + len(UNFOLLOW[connection.vendor])

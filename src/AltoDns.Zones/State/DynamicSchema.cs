// The tables of dynamic records.

namespace AltoDns.Zones.State;

internal static class DynamicSchema
{
    private const int Version = 1;

    /// <summary>Makes the tables where the file is new.</summary>
    /// <exception cref="StateDatabaseException">The file is another's, or a later version's.</exception>
    public static void Ensure(StateDatabase database)
    {
        long version;
        using (var statement = database.Prepare("PRAGMA user_version"))
        {
            version = statement.Step() ? statement.Number(0) : 0;
        }

        if (version is not (0 or Version))
        {
            throw new StateDatabaseException(database.Path, $"its form is {version}, and this program knows form {Version}", isDamage: true);
        }

        if (version == 0)
        {
            // A row whose ttl is null hides a record that files or transfers bring.
            database.Execute($"""
                BEGIN IMMEDIATE;
                CREATE TABLE zones (id INTEGER PRIMARY KEY, apex BLOB NOT NULL UNIQUE, serial INTEGER, base INTEGER);
                CREATE TABLE keys (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, signed INTEGER);
                CREATE TABLE records (
                    zone INTEGER NOT NULL, owner BLOB NOT NULL, type INTEGER NOT NULL, data BLOB NOT NULL,
                    ttl INTEGER, expires INTEGER, key INTEGER, changed INTEGER NOT NULL,
                    PRIMARY KEY (zone, owner, type, data)) WITHOUT ROWID;
                CREATE INDEX due ON records (expires) WHERE expires IS NOT NULL;
                PRAGMA user_version = {Version};
                COMMIT
                """);
        }
    }
}

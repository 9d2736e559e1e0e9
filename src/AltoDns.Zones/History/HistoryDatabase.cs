// The file that keeps the history of zones: what SQLite is told to do.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Keys;
using Microsoft.Data.Sqlite;

namespace AltoDns.Zones.History;

/// <summary>One step of a zone's history as it is stored.</summary>
internal readonly record struct StoredStep(long Id, uint Before, uint After, int Length);

/// <summary>What is stored of a zone: the version that its history ends with, and the steps that lead there, oldest first.</summary>
internal sealed record StoredHistory(DomainName Origin, uint Serial, byte[] Digest, List<StoredStep> Steps);

/// <summary>Not safe for several threads; <see cref="SqliteException"/> comes out of every call.</summary>
internal sealed class HistoryDatabase : IDisposable
{
    // Raised when the form of what is stored changes; a file of another form is begun anew.
    private const int Form = 1;

    private readonly SqliteConnection _connection;
    private SqliteTransaction? _transaction;

    /// <param name="path">The file; made where it is missing, readable for its owner only.</param>
    public HistoryDatabase(string path)
    {
        Touch(path);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA auto_vacuum = INCREMENTAL");
            if (Convert.ToInt32(Scalar("PRAGMA user_version")) is var form && form != Form)
            {
                Run($"""
                    DROP TABLE IF EXISTS step;
                    DROP TABLE IF EXISTS zone;
                    CREATE TABLE zone (origin BLOB PRIMARY KEY, serial INTEGER NOT NULL, digest BLOB NOT NULL);
                    CREATE TABLE step (
                        id INTEGER PRIMARY KEY,
                        origin BLOB NOT NULL REFERENCES zone (origin) ON DELETE CASCADE,
                        before INTEGER NOT NULL, after INTEGER NOT NULL, records BLOB NOT NULL);
                    CREATE INDEX step_of_zone ON step (origin, id);
                    PRAGMA user_version = {Form}
                    """);
            }
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public IEnumerable<StoredHistory> ReadAll()
    {
        var zones = new Dictionary<DomainName, StoredHistory>();
        using (var command = Command("SELECT origin, serial, digest FROM zone"))
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                if (DomainName.TryFromWire((byte[])rows[0], out var origin))
                {
                    zones.Add(origin, new StoredHistory(origin, (uint)rows.GetInt64(1), (byte[])rows[2], []));
                }
            }
        }

        using (var command = Command("SELECT id, origin, before, after, length(records) FROM step ORDER BY id"))
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                if (DomainName.TryFromWire((byte[])rows[1], out var origin) && zones.TryGetValue(origin, out var zone))
                {
                    zone.Steps.Add(new StoredStep(rows.GetInt64(0), (uint)rows.GetInt64(2), (uint)rows.GetInt64(3), rows.GetInt32(4)));
                }
            }
        }

        return zones.Values;
    }

    /// <summary>What follows is stored together by <see cref="Commit"/>, or not at all.</summary>
    public void Begin() => _transaction = _connection.BeginTransaction();

    public void Commit()
    {
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    public void Rollback()
    {
        _transaction?.Dispose();
        _transaction = null;
    }

    /// <summary>Sets the version that a zone's history ends with.</summary>
    public void SetEnd(DomainName origin, uint serial, byte[] digest)
    {
        using var command = Command("INSERT INTO zone VALUES ($origin, $serial, $digest) ON CONFLICT (origin) DO UPDATE SET serial = $serial, digest = $digest");
        command.Parameters.AddWithValue("$origin", origin.Wire.ToArray());
        command.Parameters.AddWithValue("$serial", (long)serial);
        command.Parameters.AddWithValue("$digest", digest);
        command.ExecuteNonQuery();
    }

    /// <returns>The step's ID.</returns>
    public long AddStep(DomainName origin, uint before, uint after, byte[] records)
    {
        using var command = Command("INSERT INTO step (origin, before, after, records) VALUES ($origin, $before, $after, $records) RETURNING id");
        command.Parameters.AddWithValue("$origin", origin.Wire.ToArray());
        command.Parameters.AddWithValue("$before", (long)before);
        command.Parameters.AddWithValue("$after", (long)after);
        command.Parameters.AddWithValue("$records", records);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Removes a zone's steps up to and with one.</summary>
    public void RemoveSteps(DomainName origin, long lastId)
    {
        using var command = Command("DELETE FROM step WHERE origin = $origin AND id <= $id");
        command.Parameters.AddWithValue("$origin", origin.Wire.ToArray());
        command.Parameters.AddWithValue("$id", lastId);
        command.ExecuteNonQuery();
    }

    /// <summary>Removes all that is stored of a zone.</summary>
    public void Remove(DomainName origin)
    {
        using var command = Command("DELETE FROM zone WHERE origin = $origin");
        command.Parameters.AddWithValue("$origin", origin.Wire.ToArray());
        command.ExecuteNonQuery();
    }

    /// <summary>The records of a step; null where it is gone.</summary>
    public byte[]? ReadStep(long id)
    {
        using var command = Command("SELECT records FROM step WHERE id = $id");
        command.Parameters.AddWithValue("$id", id);
        return (byte[]?)command.ExecuteScalar();
    }

    /// <summary>Gives pages that are no longer used back to the file system.</summary>
    public void Shrink() => Run("PRAGMA incremental_vacuum");

    public void Dispose()
    {
        _transaction?.Dispose();
        _connection.Dispose();
    }

    // SQLite gives the files beside it the same mode.
    private static void Touch(string path)
    {
        if (!File.Exists(path))
        {
            PrivateFile.Write(path, []);
        }
    }

    private SqliteCommand Command(string text)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // All texts are constants of this file.
        command.CommandText = text;
#pragma warning restore CA2100
        command.Transaction = _transaction;
        return command;
    }

    private void Run(string text)
    {
        using var command = Command(text);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string text)
    {
        using var command = Command(text);
        return command.ExecuteScalar();
    }
}

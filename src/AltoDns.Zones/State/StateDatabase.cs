// A SQLite database of the state folder: what is committed survives the loss of power.

using SQLitePCL;

namespace AltoDns.Zones.State;

/// <summary>One connection; not safe for several threads. Methods throw <see cref="StateDatabaseException"/> where SQLite reports an error.</summary>
public sealed class StateDatabase : IDisposable
{
    // How long to wait for another process that is reading or writing.
    private const int BusyMilliseconds = 5_000;

    private readonly sqlite3 _handle;

    static StateDatabase() => Batteries_V2.Init();

    private StateDatabase(string path, sqlite3 handle)
    {
        Path = path;
        _handle = handle;
    }

    public string Path { get; }

    /// <summary>Whether a transaction has begun and not ended.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Records that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Opens a database for reading and writing, and makes it where it is not there.</summary>
    public static StateDatabase Open(string path)
    {
        MakePrivate(path);
        var database = Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        try
        {
            // With FULL each commit is synchronized: what was acknowledged is on the disk.
            database.Execute("PRAGMA journal_mode=WAL");
            database.Execute("PRAGMA synchronous=FULL");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens a database that another process may be writing to.</summary>
    public static StateDatabase OpenToRead(string path) => Open(path, raw.SQLITE_OPEN_READONLY);

    /// <summary>Runs statements without parameters.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>Makes one statement ready to be run many times.</summary>
    public StateStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return new StateStatement(this, statement);
    }

    /// <summary>Moves what was committed from the log to the database, as far as no reader is in the way.</summary>
    /// <param name="truncates">Whether to wait for readers and empty the log.</param>
    public void Checkpoint(bool truncates)
    {
        var result = raw.sqlite3_wal_checkpoint_v2(
            _handle, "main", truncates ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (result != raw.SQLITE_BUSY)
        {
            Check(result);
        }
    }

    /// <summary>Ends a transaction without its changes; does nothing where there is none.</summary>
    public void RollBack()
    {
        if (IsInTransaction)
        {
            _ = raw.sqlite3_exec(_handle, "ROLLBACK");
        }
    }

    public void Dispose() => _handle.Dispose();

    internal void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw Fault(Path, _handle, result);
        }
    }

    // What SQLite puts beside the file has the file's mode.
    private static void MakePrivate(string path)
    {
        if (!OperatingSystem.IsWindows() && !File.Exists(path))
        {
            using var file = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
    }

    private static StateDatabase Open(string path, int flags)
    {
        var result = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        if (result != raw.SQLITE_OK)
        {
            var fault = Fault(path, handle, result);
            handle.Dispose();
            throw fault;
        }

        _ = raw.sqlite3_extended_result_codes(handle, 1);
        _ = raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
        return new StateDatabase(path, handle);
    }

    private static StateDatabaseException Fault(string path, sqlite3 handle, int result)
    {
        var primary = result & 0xFF;
        return new StateDatabaseException(
            path,
            $"{raw.sqlite3_errmsg(handle).utf8_to_string()} (SQLite {result})",
            primary is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB);
    }
}

/// <summary>A statement with its parameters, numbered from 1, and its columns, numbered from 0.</summary>
public sealed class StateStatement : IDisposable
{
    private readonly StateDatabase _database;
    private readonly sqlite3_stmt _statement;

    internal StateStatement(StateDatabase database, sqlite3_stmt statement)
    {
        _database = database;
        _statement = statement;
    }

    public StateStatement Bind(int parameter, long? value)
    {
        _database.Check(value is { } number ? raw.sqlite3_bind_int64(_statement, parameter, number) : raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    public StateStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        _database.Check(raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    /// <summary>Runs it to its end, so that it can be bound and run again.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Goes on to the next row; after the last, and where it throws, the statement can be bound and run again.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        var fault = result == raw.SQLITE_DONE ? null : Try(result);
        _ = raw.sqlite3_reset(_statement);
        return fault is null ? false : throw fault;
    }

    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Octets(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private StateDatabaseException? Try(int result)
    {
        try
        {
            _database.Check(result);
            return null;
        }
        catch (StateDatabaseException exception)
        {
            return exception;
        }
    }
}

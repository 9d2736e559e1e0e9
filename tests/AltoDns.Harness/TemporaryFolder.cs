// A folder of one test's own, gone when the test is.

namespace AltoDns.Harness;

public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("altodns-interop-").FullName;

    public string Path { get; }

    /// <summary>Writes a file of the folder and returns its absolute path.</summary>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Makes a folder in the folder and returns its absolute path.</summary>
    public string MakeFolder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

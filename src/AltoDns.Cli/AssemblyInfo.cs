// What the test project may see of this one.

using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("AltoDns.Cli.Tests")]

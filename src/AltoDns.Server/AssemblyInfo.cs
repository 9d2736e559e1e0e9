// What the test projects may see of this one.

using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("AltoDns.Server.Tests")]
[assembly: InternalsVisibleTo("AltoDns.Benchmarks")]
[assembly: InternalsVisibleTo("AltoDns.Interop.Tests")]

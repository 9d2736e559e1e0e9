// What the tests and benchmarks may see of this project.

using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("AltoDns.Zones.Tests")]
[assembly: InternalsVisibleTo("AltoDns.Benchmarks")]

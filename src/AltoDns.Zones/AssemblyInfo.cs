// What the server (its configuration is read as policies are), tests and benchmarks may see of this project.

using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("AltoDns.Server")]
[assembly: InternalsVisibleTo("AltoDns.Zones.Tests")]
[assembly: InternalsVisibleTo("AltoDns.Benchmarks")]

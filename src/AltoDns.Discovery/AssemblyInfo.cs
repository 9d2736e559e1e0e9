// What the assembly shows to its tests.

using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("AltoDns.Discovery.Tests")]

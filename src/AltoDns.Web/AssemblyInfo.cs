// What the test projects may see of this one.

using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("AltoDns.Web.Tests")]

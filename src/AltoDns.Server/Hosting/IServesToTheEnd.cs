// Marks the services that answer, as against those that change what is answered.

namespace AltoDns.Server.Hosting;

/// <summary>Stopped after all others, and not at all while a successor starts.</summary>
public interface IServesToTheEnd;

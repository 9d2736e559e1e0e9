// What is put on zones after they are loaded and before they are signed.

namespace AltoDns.Server.Reloading;

/// <summary>Called by the reloader alone, never twice at once. Tests have one of their own.</summary>
public interface IZoneLayer
{
    /// <summary>The load with the layer on its zones; the same where it failed or nothing lies on them.</summary>
    ZoneLoadResult Apply(ZoneLoadResult loaded);

    /// <summary>To be called once what <see cref="Apply"/> returned last is served.</summary>
    void Published();
}

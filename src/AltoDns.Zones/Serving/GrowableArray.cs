// Arrays that grow by doubling, for builders that hand their arrays on.

namespace AltoDns.Zones.Serving;

internal static class GrowableArray
{
    /// <summary>Doubles the array until it holds <paramref name="count"/> items.</summary>
    public static void EnsureRoom<T>(ref T[] array, int count)
    {
        if (array.Length < count)
        {
            Array.Resize(ref array, (int)Math.Min(Math.Max((long)array.Length * 2, count), Array.MaxLength));
        }
    }
}

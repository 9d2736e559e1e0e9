// A large zone of PTR records, one for each address from 10.0.0.0 on.

namespace AltoDns.Benchmarks.Signing;

internal static class PtrZone
{
    public static void Write(string file, int names)
    {
        using var text = new StreamWriter(file);
        text.Write("""
            $ORIGIN 10.in-addr.arpa.
            $TTL 3600
            @ SOA ns1.example. hostmaster.example. 1 7200 900 1209600 3600
            @ NS ns1.example.

            """);
        for (var i = 0; i < names; i++)
        {
            text.Write($"{i & 255}.{i >> 8 & 255}.{i >> 16} PTR host-10-{i >> 16}-{i >> 8 & 255}-{i & 255}.isp1.example.\n");
        }
    }
}

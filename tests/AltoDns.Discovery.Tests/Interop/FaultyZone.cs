// One made-up zone with its fault, and the questions that show whether a validator notices.

using System.Globalization;
using AltoDns.Discovery.Tests.Support;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Discovery.Tests.Interop;

/// <param name="Name">The apex, a top-level domain.</param>
/// <param name="Text">The zone as a master file.</param>
/// <param name="Ds">What the parent has; null for none.</param>
internal sealed record FaultyZone(DomainName Name, SigningPlan Plan, string Text, DsData? Ds, IReadOnlyList<Question> Questions)
{
    private static readonly ZoneFault[] Faults = Enum.GetValues<ZoneFault>();

    /// <summary>Keys are shared by zones: making them costs more than all the rest.</summary>
    public static IReadOnlyDictionary<DnssecAlgorithm, DnssecSigningKey> Keys { get; } = new[]
    {
        DnssecAlgorithm.RsaSha256, DnssecAlgorithm.EcdsaP256Sha256, DnssecAlgorithm.EcdsaP384Sha384,
    }.ToDictionary(algorithm => algorithm, algorithm => DnssecSigningKey.Generate(algorithm, DnssecKey.KeySigningFlags));

    /// <summary>Every fault in turn, half of the zones with none; the rest at random.</summary>
    public static FaultyZone Create(int number, Random random, DateTimeOffset now)
    {
        var apex = DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"z{number}."));
        var isHashed = random.Next(2) == 0;
        var fault = number % 2 == 0 ? ZoneFault.None : Faults[number / 2 % Faults.Length];
        var iterations = (ushort)(fault == ZoneFault.ManyIterations ? 200 : random.Next(3) * 5);
        var algorithm = Keys.Keys.ElementAt(random.Next(Keys.Count));
        var plan = new SigningPlan(algorithm, isHashed || fault == ZoneFault.ManyIterations, isHashed && random.Next(2) == 0, iterations, fault, now);
        var (records, questions) = Contents(apex, random);
        var signer = new ZoneSigner(apex, records, plan, Keys[algorithm]);
        return new FaultyZone(apex, plan, signer.ToZoneFile(), signer.Ds, questions);
    }

    public override string ToString() => $"{Name} {Plan.Fault} {Plan.Algorithm} {(Plan.IsHashed ? $"NSEC3 {Plan.Iterations}{(Plan.HasOptOut ? " opt-out" : "")}" : "NSEC")}";

    private static (List<ResourceRecord> Records, List<Question> Questions) Contents(DomainName apex, Random random)
    {
        var records = new List<ResourceRecord>();
        var questions = new List<Question>();
        void Add(string name, RecordData data) => records.Add(new ResourceRecord(Below(name, apex), RecordClass.Internet, 3600, data));
        void Ask(string name, RecordType type) => questions.Add(new Question(Below(name, apex), type, RecordClass.Internet));

        Add("", new SoaData(Below("ns", apex), Below("hostmaster", apex), 1, 3600, 600, 86_400, 300));
        Add("", new NsData(Below("ns", apex)));
        Add("ns", new AData(0x7F000001));
        Add("www", new AData(0xC0000201));
        Add("www", new AData(0xC0000202));
        Add("www", Naptr(apex));
        Ask("www", RecordType.A);
        Ask("www", RecordType.NAPTR);
        Ask("www", RecordType.TXT);
        Ask("missing", RecordType.A);
        Ask("a.b.missing", RecordType.A);
        Ask("", RecordType.NAPTR);
        Optional(() =>
        {
            Add("alias", new CnameData(Below("www", apex)));
            Ask("alias", RecordType.A);
            Ask("alias", RecordType.TXT);
        });
        Optional(() =>
        {
            Add("a.ent", new AData(0xC0000203));
            Ask("ent", RecordType.A);
            Ask("b.ent", RecordType.A);
        });
        Optional(() =>
        {
            Add("*.wild", new AData(0xC0000204));
            Add("*.wild", Naptr(apex));
            Ask("x.wild", RecordType.A);
            Ask("y.x.wild", RecordType.NAPTR);
            Ask("z.wild", RecordType.TXT);
            Ask("wild", RecordType.A);
        });
        Optional(() =>
        {
            Add("dn", new DnameData(Below("tree", apex)));
            Add("x.tree", new AData(0xC0000205));
            Ask("x.dn", RecordType.A);
            Ask("y.dn", RecordType.A);
        });
        Optional(() =>
        {
            Add("child", new NsData(Below("ns.child", apex)));
            Add("ns.child", new AData(0x7F000001));
            Ask("child", RecordType.DS);
        });
        return (records, questions);

        void Optional(Action add)
        {
            if (random.Next(2) == 0)
            {
                add();
            }
        }
    }

    private static NaptrData Naptr(DomainName apex) =>
        new(100, 10, "u"u8.ToArray(), "ALTO:https"u8.ToArray(), System.Text.Encoding.ASCII.GetBytes($"!.*!https://alto.{apex.ToString().TrimEnd('.')}/ird!"), DomainName.Root);

    private static DomainName Below(string name, DomainName apex) => name.Length == 0 ? apex : DomainName.Parse($"{name}.{apex}");
}

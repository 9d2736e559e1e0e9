// The kinds of query (IANA "DNS OpCodes").

namespace AltoDns.Protocol.Messages;

public enum Opcode : byte
{
    Query = 0,
    InverseQuery = 1,
    Status = 2,
    Notify = 4,
    Update = 5,
    StatefulOperations = 6,
}

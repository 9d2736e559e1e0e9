// Makes the records of one $GENERATE directive: expands both templates and reads the result like a line of a file.

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>Not safe for several threads.</summary>
internal sealed class RecordGenerator(DomainName origin, RecordType type, GenerateTemplate owner, GenerateTemplate data) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly MasterFileScanner _scanner = new();

    /// <summary>Makes the record for one value.</summary>
    /// <param name="faultyOwner">Whether the fault is in the owner, else in the data.</param>
    /// <param name="fault">The fault and its remedy, divided by a semicolon.</param>
    public bool TryMake(
        int value, out DomainName name, [NotNullWhen(true)] out RecordData? recordData, out bool faultyOwner, [NotNullWhen(false)] out string? fault)
    {
        recordData = null;
        faultyOwner = !TryMakeOwner(value, out name, out fault);
        return !faultyOwner && TryMakeData(value, out recordData, out fault);
    }

    public void Dispose() => _scanner.Dispose();

    private bool TryMakeOwner(int value, out DomainName name, out string? fault)
    {
        name = default;
        _text.ResetWrittenCount();
        if (!owner.TryExpand(value, _text))
        {
            fault = "the owner's offset leaves the range from 0 to 2147483647; correct range or offset";
            return false;
        }

        var error = DomainName.TryParse(_text.WrittenSpan, origin, out name);
        fault = error == NameError.None
            ? null
            : $"the owner '{MasterFileWords.Quote(_text.WrittenSpan)}' is not a domain name: {error.Describe()}";
        return error == NameError.None;
    }

    private bool TryMakeData(int value, [NotNullWhen(true)] out RecordData? recordData, [NotNullWhen(false)] out string? fault)
    {
        recordData = null;
        _text.ResetWrittenCount();
        if (!data.TryExpand(value, _text))
        {
            fault = "the data's offset leaves the range from 0 to 2147483647; correct range or offset";
            return false;
        }

        _scanner.Reset(_text.WrittenSpan);
        if (_scanner.Read() == EntryOutcome.Fault)
        {
            fault = $"the data '{MasterFileWords.Quote(_text.WrittenSpan)}' is not well formed; close each quote and parenthesis";
            return false;
        }

        var text = new RecordTextReader(_scanner.Text, _scanner.Tokens, origin, default);
        recordData = RecordTypes.ParseData(type, ref text);
        fault = text.Error;
        return recordData is not null;
    }
}

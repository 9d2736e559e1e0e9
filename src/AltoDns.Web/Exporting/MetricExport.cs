// Sends the metrics of the table to a collector by OTLP, as often as it is told.

using System.Diagnostics.Metrics;
using AltoDns.Server.Configuration;
using AltoDns.Server.Observing;
using AltoDns.Web.Metrics;
using AltoDns.Web.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Metric = AltoDns.Web.Metrics.Metric;

namespace AltoDns.Web.Exporting;

/// <summary>Starts once and stops once; a last report is sent at the end.</summary>
internal sealed class MetricExport(CollectorOptions options, ServerReader reader, TimeProvider timeProvider, ILogger<MetricExport> logger) : IHostedService, IDisposable
{
    private const string Name = "AltoDns";

    // All instruments of a report are read one after the other, from one reading.
    private static readonly TimeSpan SameReport = TimeSpan.FromMilliseconds(500);

    // A collector that is away must not hold up the end of the program.
    private const int LastReportMilliseconds = 2000;

    private readonly Lock _gate = new();
    private Meter? _meter;
    private MeterProvider? _provider;
    private ServerReading? _reading;
    private long _readAt;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter = new Meter(Name, ProgramVersion.Text);
        foreach (var metric in MetricTable.All)
        {
            AddInstruments(_meter, metric);
        }

        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(Name.ToLowerInvariant(), serviceVersion: ProgramVersion.Text, autoGenerateServiceInstanceId: false, serviceInstanceId: Environment.MachineName))
            .AddMeter(Name)
            .AddOtlpExporter((exporter, metricReader) =>
            {
                exporter.Endpoint = options.Endpoint;
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.HttpClientFactory = () => new HttpClient(new ReportWatcher(options.Endpoint, logger));
                metricReader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Interval.TotalMilliseconds;
            })
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _ = _provider?.Shutdown(LastReportMilliseconds);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _provider?.Dispose();
        _meter?.Dispose();
    }

    // Named so that Prometheus, which adds the unit and "_total" to what comes by OTLP, calls them as it does what it fetches.
    private void AddInstruments(Meter meter, Metric metric)
    {
        var name = metric.Kind == MetricKind.Counter ? metric.Name[..^"_total".Length] : metric.Name;
        name = metric.Unit.Length > 0 && name.EndsWith($"_{metric.Unit}", StringComparison.Ordinal) ? name[..^(metric.Unit.Length + 1)] : name;
        switch (metric.Kind)
        {
            case MetricKind.Gauge:
                meter.CreateObservableGauge(name, () => Measure(metric, ""), UnitOf(metric), metric.Help);
                break;
            case MetricKind.Counter:
                meter.CreateObservableCounter(name, () => Measure(metric, ""), UnitOf(metric), metric.Help);
                break;
            default:
                // What is counted by classes already is told as counters: instruments of histograms take single values.
                meter.CreateObservableCounter($"{name}.bucket", () => Measure(metric, "_bucket"), null, metric.Help);
                meter.CreateObservableCounter($"{name}.count", () => Measure(metric, "_count"), null, metric.Help);
                meter.CreateObservableCounter($"{name}.sum", () => Measure(metric, "_sum"), UnitOf(metric), metric.Help);
                break;
        }
    }

    private IEnumerable<Measurement<double>> Measure(Metric metric, string suffix) => metric.Read(Reading())
        .Where(sample => sample.Suffix == suffix)
        .Select(sample => new Measurement<double>(
            sample.Value,
            sample.Labels.Select((value, i) => KeyValuePair.Create(i < metric.Labels.Count ? metric.Labels[i] : "le", (object?)value))));

    private ServerReading Reading()
    {
        lock (_gate)
        {
            if (_reading is null || timeProvider.GetElapsedTime(_readAt) > SameReport)
            {
                _reading = reader.ReadAsync().GetAwaiter().GetResult();
                _readAt = timeProvider.GetTimestamp();
            }

            return _reading;
        }
    }

    // UCUM, as OpenTelemetry wants it.
    private static string? UnitOf(Metric metric) => metric.Unit switch
    {
        "seconds" => "s",
        "bytes" => "By",
        _ => null,
    };
}

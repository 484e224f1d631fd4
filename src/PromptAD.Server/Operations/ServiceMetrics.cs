using System.Diagnostics.Metrics;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Operations;

/// <summary>What monitoring sees: verdicts, the time of each stage, the queue, detectors in memory and free disk space.</summary>
internal sealed class ServiceMetrics
{
    public const string MeterName = "PromptAD.Server";

    private readonly Counter<long> inspections;
    private readonly Counter<long> refused;
    private readonly Counter<long> sourceErrors;
    private readonly Counter<long> sent;
    private readonly Counter<long> sinkErrors;
    private readonly Counter<long> setAside;
    private readonly Histogram<double> stages;

    public ServiceMetrics(IMeterFactory meters, Judge judge, DetectorCache cache, DiskSpace space)
    {
        Meter = meters.Create(MeterName);
        inspections = Meter.CreateCounter<long>("promptad.inspections", "{inspection}", "Inspections by product and verdict.");
        refused = Meter.CreateCounter<long>("promptad.refused", "{request}", "Pictures that were refused because the queue was full.");
        sourceErrors = Meter.CreateCounter<long>("promptad.source.errors", "{error}", "Errors of each source of pictures.");
        sent = Meter.CreateCounter<long>("promptad.sink.sent", "{result}", "Results that each sink has taken.");
        sinkErrors = Meter.CreateCounter<long>("promptad.sink.errors", "{error}", "Errors of each sink.");
        setAside = Meter.CreateCounter<long>(
            "promptad.sink.set_aside", "{result}", "Results that each sink does not take and that were set aside.");
        Meter.CreateObservableGauge("promptad.queue", () => judge.Taken, "{inspection}", "Pictures that wait or are judged.");
        Meter.CreateObservableGauge("promptad.detectors", () => cache.Count, "{detector}", "Detectors in memory.");
        Meter.CreateObservableGauge("promptad.encoders", () => cache.Encoders, "{encoder}", "Encoders in memory.");
        Meter.CreateObservableGauge("promptad.disk.free", () => space.Free, "By", "Disk space that may still be written.");
        stages = Meter.CreateHistogram(
            "promptad.stage.duration", "s", "Time of each stage of an inspection.", advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
            });
    }

    /// <summary>Where further instruments belong.</summary>
    public Meter Meter { get; }

    /// <summary>Counts a judged picture.</summary>
    public void Count(InspectionRow row, Judged judged)
    {
        inspections.Add(1, new("product", row.ProductId), new("verdict", row.Verdict is { } verdict ? $"{verdict}" : "none"));
        StageTimes times = judged.Milliseconds;
        Record("queue", times.Queue);
        Record("decode", times.Decode);
        Record("prepare", times.Prepare);
        Record("encode", times.Encode);
        Record("score", times.Score);
    }

    /// <summary>Counts a picture that could not be judged.</summary>
    public void CountFailure(InspectionRow row) => inspections.Add(1, new("product", row.ProductId), new("verdict", "failed"));

    /// <summary>Counts a picture for which there was no place.</summary>
    public void CountRefused() => refused.Add(1);

    /// <summary>Counts an error of a source.</summary>
    public void CountSourceError(string source) => sourceErrors.Add(1, new KeyValuePair<string, object?>("source", source));

    /// <summary>Counts a result that a sink has taken.</summary>
    public void CountSent(string sink) => sent.Add(1, new KeyValuePair<string, object?>("sink", sink));

    /// <summary>Counts an error of a sink.</summary>
    public void CountSinkError(string sink) => sinkErrors.Add(1, new KeyValuePair<string, object?>("sink", sink));

    /// <summary>Counts a result that was set aside.</summary>
    public void CountSetAside(string sink) => setAside.Add(1, new KeyValuePair<string, object?>("sink", sink));

    private void Record(string stage, double milliseconds) =>
        stages.Record(milliseconds / 1000, new KeyValuePair<string, object?>("stage", stage));
}
